//! The server at a node, if the node is one, and the registers that it reads.

use crate::byzantine::ordering::book::Book;
use crate::byzantine::ordering::server::{Act, Server};
use crate::byzantine::ordering::write::Write;
use crate::byzantine::registers::Reading;
use pepperland_core::contract::Cx;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::message::Message;

/// Where a server sits; empty at a node that is none.
pub struct Seat<B: Book> {
    server: Option<Server<B>>,
    reading: Reading,
}

impl<B: Book> Seat<B> {
    /// Nobody sits there before the node starts.
    pub fn empty() -> Seat<B> {
        Seat { server: None, reading: Reading::default() }
    }

    /// The server of the node, if it is one.
    pub fn take(&mut self, server: Option<Server<B>>) {
        self.server = server;
    }

    /// To which registers it writes.
    pub fn registers(&self) -> Option<GroupId> {
        self.server.as_ref().map(Server::registers)
    }

    /// Runs the server; what is to be done then, in order.
    pub fn serve(&mut self, run: impl FnOnce(&mut Server<B>)) -> Vec<Act<B::Order>> {
        let Some(server) = &mut self.server else { return Vec::new() };
        run(server);
        server.take_acts()
    }

    /// On read of what a node has written: told to the history, and to the server.
    pub fn read(
        &mut self,
        writer: NodeId,
        write: Write<B::Order>,
        cx: &mut Cx<'_, Message>,
    ) -> Vec<Act<B::Order>> {
        cx.indicate(self.reading.next(writer, &write));
        let now = cx.now();
        self.serve(|server| server.upon_written(writer, write, now))
    }
}
