//! The keys of a line made an event.

use super::names::{Directory, view_name};
use super::token::{Field, Fields, Key, Token, wholes};
use super::values::{article, digest, missing, optional_text, small, text_of, texts, whole, wrong};
use super::{Problem, clip, meant};
use crate::history::rules::Rules;
use crate::history::{
    EventId, Header, History, Kind, NONE, Place, Recorder, Transmission, ViewInstall,
};
use crate::id::{GroupId, NetworkId, NodeId};
use crate::time::Time;
use serde_json::Value;
use smallvec::SmallVec;

type Causes = SmallVec<[EventId; 2]>;

/// What every event has.
pub(super) struct Head {
    pub at: Time,
    pub node: Option<NodeId>,
    pub kind: Kind,
    pub causes: Causes,
}

impl Head {
    fn node_column(&self) -> u32 {
        self.node.map_or(NONE, |node| node.0)
    }
}

/// A history in the making.
pub(super) struct Reader {
    pub recorder: Recorder,
    pub names: Directory,
    rules: Rules,
}

impl Reader {
    pub fn new(header: Header, events: usize) -> Reader {
        let rules = Rules::new(&header);
        let mut recorder = Recorder::new(header);
        recorder.reserve(events);
        let history = recorder.history_mut();
        let names = Directory::new(&history.header, &history.groups);
        Reader { recorder, names, rules }
    }

    pub fn finish(self) -> History {
        self.recorder.into_history()
    }

    /// Takes the next event, and holds it against the rules.
    pub fn event(&mut self, fields: &mut Fields<'_>) -> Result<(), Problem> {
        let head = self.head(fields)?;
        let node = head.node;
        let id = match (head.kind, node) {
            (Kind::Broadcast, Some(node)) => self.broadcast(&head, node, fields)?,
            (Kind::View, Some(_)) => self.view(&head, fields)?,
            (kind, Some(_)) if kind.is_delivery() => self.delivery(&head, fields)?,
            (kind, Some(_)) if kind.is_transmission() => self.transmission(&head, fields)?,
            _ => self.other(&head, fields)?,
        };
        let breach = self.rules.check(self.recorder.history_mut(), id).err();
        if let Some(breach) = breach {
            return Err(Problem::new(fields.place(breach.key), breach.problem));
        }
        self.check_incarnation(node, fields)
    }

    fn head(&mut self, fields: &Fields<'_>) -> Result<Head, Problem> {
        let at = match fields.get(Key::T) {
            Some(Field { token: Token::Whole(time), .. }) => Time(*time),
            Some(other) => return Err(wrong(other, "whole nanoseconds since the start")),
            None => return Err(missing("an event", "t", fields)),
        };
        let kind = kind_of(fields)?;
        let node = fields.get(Key::N).map(|field| self.node(field)).transpose()?;
        if node.is_none() && kind.needs_node() {
            return Err(missing(&article(kind), "n", fields));
        }
        let node = node.filter(|_| !kind.is_disturbance());
        Ok(Head { at, node, kind, causes: self.causes(fields)? })
    }

    pub fn node(&self, field: &Field<'_>) -> Result<NodeId, Problem> {
        self.names.node(text_of(field, "the name of a node")?, field.at)
    }

    fn causes(&mut self, fields: &Fields<'_>) -> Result<Causes, Problem> {
        let Some(field) = fields.get(Key::C) else { return Ok(Causes::new()) };
        let own = self.recorder.len();
        match &field.token {
            Token::Wholes(list) => wholes(list).map(|c| cause(c, own, field.at)).collect(),
            Token::Json(value) => {
                let list = value.as_array().ok_or_else(|| no_causes(field))?;
                let whole = |value: &Value| value.as_u64().ok_or_else(|| no_causes(field));
                list.iter().map(|value| cause(whole(value)?, own, field.at)).collect()
            }
            _ => Err(no_causes(field)),
        }
    }

    /// The group that an event names.
    pub fn group(&self, fields: &Fields<'_>) -> Result<Option<u32>, Problem> {
        let Some(field) = fields.get(Key::G) else { return Ok(None) };
        self.names.group(text_of(field, "the name of a group")?, field.at).map(Some)
    }

    pub fn message(&mut self, kind: Kind, fields: &Fields<'_>) -> Result<u32, Problem> {
        let field = fields.get(Key::M).ok_or_else(|| missing(&article(kind), "m", fields))?;
        self.row(field)
    }

    fn row(&mut self, field: &Field<'_>) -> Result<u32, Problem> {
        let name = text_of(field, "the name of a message")?;
        self.names.message(name, field.at, &mut self.recorder.history_mut().messages)
    }

    fn broadcast(
        &mut self,
        head: &Head,
        node: NodeId,
        fields: &Fields<'_>,
    ) -> Result<EventId, Problem> {
        let row = self.message(head.kind, fields)?;
        let digest = digest(fields)?.map(|d| self.recorder.digest_at_broadcast(row, d));
        let group = match self.group(fields)? {
            Some(group) => group,
            None if self.names.groups().len() < 2 => 0,
            None => {
                let groups = clip(&self.names.groups().join(", "));
                let text = format!("a \"broadcast\" needs \"g\" among several groups: {groups}");
                return Err(Problem::somewhere(text));
            }
        };
        if !self.names.is_minted() {
            let number = small(fields, Key::Q)?.unwrap_or(self.rules.sent(node) + 1);
            self.count(node, row, number);
        }
        let group = GroupId(group);
        Ok(self.recorder.broadcast_row(
            head.at,
            node,
            row,
            group,
            digest.unwrap_or(NONE),
            &head.causes,
        ))
    }

    /// The sender's count of a message whose name does not tell it.
    fn count(&mut self, node: NodeId, row: u32, number: u32) {
        let incarnation = self.rules.incarnation(node);
        let messages = &mut self.recorder.history_mut().messages;
        let row = row as usize;
        if messages.broadcast[row] == NONE {
            messages.origin[row] = node.0;
            messages.incarnation[row] = incarnation;
            messages.number[row] = number;
        }
    }

    fn delivery(&mut self, head: &Head, fields: &Fields<'_>) -> Result<EventId, Problem> {
        let row = self.message(head.kind, fields)?;
        let digest = digest(fields)?.map(|d| self.recorder.digest_elsewhere(row, d));
        let view = match fields.get(Key::View) {
            Some(field) => Some(view_name(text_of(field, "the id of a view")?, field.at)?),
            None => None,
        };
        let place = Place { slot: whole(fields, Key::Slot)?, view, group: self.group(fields)? };
        let plain = place == Place::default();
        let detail = if plain { NONE } else { self.recorder.place(place) };
        Ok(self.push(head, row, digest.unwrap_or(NONE), detail))
    }

    pub fn push(&mut self, head: &Head, row: u32, digest: u32, detail: u32) -> EventId {
        let (node, kind) = (head.node_column(), head.kind);
        self.recorder.push(head.at, node, kind, row, digest, &head.causes, detail)
    }

    fn view(&mut self, head: &Head, fields: &Fields<'_>) -> Result<EventId, Problem> {
        let needs = |key| missing(&article(Kind::View), key, fields);
        let id = fields.get(Key::View).ok_or_else(|| needs("view"))?;
        let members = fields.get(Key::Members).ok_or_else(|| needs("members"))?;
        let transitional = fields.get(Key::Transitional);
        let install = ViewInstall {
            view: view_name(text_of(id, "the id of a view")?, id.at)?,
            members: self.nodes(members)?,
            primary: match fields.get(Key::Primary) {
                None => true,
                Some(Field { token: Token::Flag(primary), .. }) => *primary,
                Some(other) => return Err(wrong(other, "true or false")),
            },
            transitional: transitional.map(|field| self.nodes(field)).transpose()?,
            group: self.group(fields)?,
        };
        let views = &mut self.recorder.history_mut().details.views;
        views.push(install);
        let detail = views.len() as u32 - 1;
        Ok(self.push(head, NONE, NONE, detail))
    }

    fn nodes(&self, field: &Field<'_>) -> Result<Vec<NodeId>, Problem> {
        let names = texts(field, "a list of nodes")?;
        names.iter().map(|name| self.names.node(name, field.at)).collect()
    }

    fn transmission(&mut self, head: &Head, fields: &Fields<'_>) -> Result<EventId, Problem> {
        let needs = |key| missing(&article(head.kind), key, fields);
        let (to, from) = (fields.get(Key::To), fields.get(Key::From));
        let (peer, incoming) = match head.kind {
            Kind::Send => (to.ok_or_else(|| needs("to"))?, false),
            Kind::Recv => (from.ok_or_else(|| needs("from"))?, true),
            _ => (to.or(from).ok_or_else(|| needs("to"))?, to.is_none()),
        };
        let id = whole(fields, Key::X)?.ok_or_else(|| needs("x"))?;
        let frame = Transmission {
            incoming,
            bytes: small(fields, Key::Bytes)?,
            label: optional_text(fields, Key::Type)?.map(Into::into),
            messages: self.carried(fields)?.into(),
            why: optional_text(fields, Key::Why)?,
            network: network(fields)?,
            group: self.group(fields)?,
            ..Transmission::new(self.node(peer)?, id)
        };
        let frames = &mut self.recorder.history_mut().details.transmissions;
        frames.push(frame);
        let detail = frames.len() as u32 - 1;
        Ok(self.push(head, NONE, NONE, detail))
    }

    fn carried(&mut self, fields: &Fields<'_>) -> Result<Vec<u32>, Problem> {
        if let Some(field) = fields.get(Key::M) {
            return Ok(vec![self.row(field)?]);
        }
        let Some(field) = fields.get(Key::Ms) else { return Ok(Vec::new()) };
        let names = texts(field, "a list of message names")?;
        let table = &mut self.recorder.history_mut().messages;
        names.iter().map(|name| self.names.message(name, field.at, table)).collect()
    }

    fn check_incarnation(&self, node: Option<NodeId>, fields: &Fields<'_>) -> Result<(), Problem> {
        let Some(field) = fields.get(Key::Inc) else { return Ok(()) };
        let Token::Whole(stated) = field.token else {
            return Err(wrong(field, "a whole number from 0"));
        };
        match node.map(|node| self.rules.incarnation(node)) {
            Some(counted) if stated != u64::from(counted) => {
                let what = "incarnations grow by one at each \"recover\"";
                Err(Problem::at(field.at, format!("\"inc\" is {stated}; {what}: it is {counted}")))
            }
            _ => Ok(()),
        }
    }
}

fn kind_of(fields: &Fields<'_>) -> Result<Kind, Problem> {
    let field = fields.get(Key::K).ok_or_else(|| missing("an event", "k", fields))?;
    let word = text_of(field, "the kind of an event")?;
    Kind::from_word(word).ok_or_else(|| {
        let hint = meant(word, Kind::ALL.iter().map(|kind| kind.word()));
        Problem::at(field.at, format!("\"{}\" is no kind of event{hint}", clip(word)))
    })
}

fn no_causes(field: &Field<'_>) -> Problem {
    wrong(field, "a list of the indices of earlier events")
}

fn cause(cause: u64, own: usize, at: usize) -> Result<EventId, Problem> {
    if cause < own as u64 {
        return Ok(EventId(cause as u32));
    }
    let text = format!("a cause comes before its effect: {cause} is not below {own}");
    Err(Problem::at(at, text))
}

/// The network of a frame: the first, unless it is told.
fn network(fields: &Fields<'_>) -> Result<NetworkId, Problem> {
    let number = whole(fields, Key::Net)?.unwrap_or_default();
    match (u8::try_from(number), fields.get(Key::Net)) {
        (Err(_), Some(field)) => Err(wrong(field, "below 256")),
        (number, _) => Ok(NetworkId(number.unwrap_or_default())),
    }
}
