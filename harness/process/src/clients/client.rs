//! One client, and what it remembers.

use super::Operation;
use super::logs::Logs;

/// A client. It asks for one operation at a time, and after one whose outcome is unknown it never
/// speaks again: a new one takes over, and remembers nothing.
pub struct Client {
    number: u64,
    requests: i64,
    logs: Logs,
}

impl Client {
    /// The client `c<number>`, who has seen nothing yet.
    pub fn new(number: u64) -> Client {
        Client { number, requests: 0, logs: Logs::default() }
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("c{}", self.number)
    }

    /// How many requests it has numbered.
    pub fn requests(&self) -> i64 {
        self.requests
    }

    /// A number, its `msg_id`, for its next request.
    pub fn next_request(&mut self) -> i64 {
        self.requests += 1;
        self.requests
    }

    /// The operation as it is sent and recorded: the planned one, with what depends on earlier
    /// answers filled in.
    pub fn request(&mut self, planned: &Operation) -> Operation {
        self.logs.complete(planned)
    }

    /// The operation, as [`request`](Client::request) gave it, happened, with this result.
    pub fn answered(&mut self, op: &Operation, result: &Operation) {
        self.logs.answered(op, result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_numbered_from_one() {
        let mut client = Client::new(3);
        assert_eq!((client.name().as_str(), client.requests()), ("c3", 0));
        assert_eq!([client.next_request(), client.next_request()], [1, 2]);
        assert_eq!((client.number(), client.requests()), (3, 2));
    }
}
