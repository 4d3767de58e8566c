//! A reader of what is written here, for the tests. It believes nothing.

/// A frame as it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    pub interface: String,
    pub time_ns: u64,
    pub frame: Vec<u8>,
    pub comment: Option<String>,
    pub flags: Option<u32>,
}

/// The frames of a whole file.
pub fn read(file: &[u8]) -> Vec<Record> {
    let mut names = Vec::new();
    let mut records = Vec::new();
    let blocks = blocks(file);
    assert_eq!(blocks[0].0, 0x0a0d_0d0a, "the first block is no section header");
    assert_eq!(blocks[0].1[..8], [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0]);
    for (kind, body) in &blocks[1..] {
        match kind {
            1 => names.push(interface(body)),
            6 => records.push(record(body, &names)),
            other => panic!("a block of type {other:#x}"),
        }
    }
    records
}

/// Type and body of each block; the file has nothing else.
fn blocks(mut file: &[u8]) -> Vec<(u32, &[u8])> {
    let mut blocks = Vec::new();
    while !file.is_empty() {
        let length = number(file, 4) as usize;
        assert!(length.is_multiple_of(4), "a block of {length} bytes");
        let (block, rest) = file.split_at(length);
        assert_eq!(number(block, length - 4) as usize, length, "the length behind a block");
        blocks.push((number(block, 0), &block[8..length - 4]));
        file = rest;
    }
    blocks
}

fn interface(body: &[u8]) -> String {
    assert_eq!(body[..8], [1, 0, 0, 0, 0, 0, 0, 0], "Ethernet, without a limit");
    let options = options(&body[8..]);
    assert_eq!(valued(&options, 9), Some(&[9][..]), "nanoseconds");
    String::from_utf8(valued(&options, 2).unwrap().to_vec()).unwrap()
}

fn record(body: &[u8], names: &[String]) -> Record {
    let length = number(body, 12) as usize;
    assert_eq!(number(body, 16) as usize, length, "the whole frame is recorded");
    let options = options(&body[20 + length.next_multiple_of(4)..]);
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
    Record {
        interface: names[number(body, 0) as usize].clone(),
        time_ns: u64::from(number(body, 4)) << 32 | u64::from(number(body, 8)),
        frame: body[20..20 + length].to_vec(),
        comment: valued(&options, 1).map(text),
        flags: valued(&options, 2).map(|value| number(value, 0)),
    }
}

fn options(mut bytes: &[u8]) -> Vec<(u16, &[u8])> {
    let mut options = Vec::new();
    loop {
        let code = number(bytes, 0) as u16;
        let length = (number(bytes, 0) >> 16) as usize;
        let rest = &bytes[4 + length.next_multiple_of(4)..];
        if code == 0 {
            assert!(length == 0 && rest.is_empty(), "something behind the last option");
            return options;
        }
        options.push((code, &bytes[4..4 + length]));
        bytes = rest;
    }
}

fn valued<'a>(options: &[(u16, &'a [u8])], code: u16) -> Option<&'a [u8]> {
    options.iter().find(|option| option.0 == code).map(|option| option.1)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}
