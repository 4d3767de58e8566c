//! Random histories that keep every rule, with every kind of event and hostile text.

use crate::history::detail::Digest;
use crate::history::keys::{Shape, keys_of};
use crate::history::{
    Clock, EventId, Header, History, Kind, NONE, Names, Place, Recorder, Transmission, ViewInstall,
    ViewName,
};
use crate::id::{GroupId, MessageId, NetworkId, NodeId};
use crate::time::Time;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What one event is drawn from; what does not fit where the history stands is bent to fit.
#[derive(Clone, Debug)]
pub struct Draw {
    kind: usize,
    node: u32,
    other: u32,
    number: u64,
    small: u32,
    flags: u8,
    text: String,
    value: Value,
}

impl Draw {
    fn flag(&self, bit: u8) -> bool {
        self.flags >> bit & 1 == 1
    }

    fn some<T>(&self, bit: u8, value: T) -> Option<T> {
        self.flag(bit).then_some(value)
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c:.\"\\\\\n\t é☃\u{0}]{0,6}", any::<String>(), "[0-9a-f]{16}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
        let pairs = prop::collection::vec((text(), inner), 0..4);
        let object = pairs.prop_map(|pairs| Value::Object(pairs.into_iter().collect()));
        prop_oneof![list, object]
    })
}

prop_compose! {
    fn draw()(
        kind in 0..Kind::ALL.len(),
        (node, other, small) in (0..4u32, 0..4u32, any::<u32>()),
        number in prop_oneof![0..50u64, any::<u64>()],
        flags in any::<u8>(),
        text in text(),
        value in value(),
    ) -> Draw {
        Draw { kind, node, other, number, small, flags, text, value }
    }
}

fn groups() -> impl Strategy<Value = BTreeMap<String, Vec<usize>>> {
    let members = prop::sample::subsequence(vec![0, 1, 2, 3], 0..4);
    prop::collection::btree_map(text(), members, 0..3)
}

prop_compose! {
    fn header()(
        names in prop::collection::btree_set(text(), 4),
        groups in groups(),
        (virtual_clock, opaque, complete, liar) in any::<(bool, bool, bool, bool)>(),
        (heal_at, initial) in (any::<Option<u64>>(), prop::option::of(value())),
        about in prop::collection::vec((text(), value()), 0..3),
    ) -> Header {
        let nodes: Vec<String> = names.into_iter().collect();
        let mut header = Header::new(nodes.clone());
        let name = |node: usize| nodes[node].clone();
        header.groups = groups
            .into_iter()
            .map(|(group, of)| (group, of.into_iter().map(name).collect()))
            .collect();
        header.clock = if virtual_clock { Clock::Virtual } else { Clock::Real };
        header.names = if opaque { Names::Opaque } else { Names::Minted };
        header.byzantine = if liar { vec![nodes[0].clone()] } else { Vec::new() };
        header.heal_at = heal_at.map(Time);
        header.complete = complete;
        header.initial = initial;
        header.about = about.into_iter().collect();
        header
    }
}

/// Any history that keeps the rules.
pub fn history() -> impl Strategy<Value = History> {
    (header(), prop::collection::vec(draw(), 0..40)).prop_map(|(header, draws)| {
        let mut making = Making::new(header);
        draws.iter().for_each(|draw| making.event(draw));
        making.recorder.into_history()
    })
}

struct Making {
    recorder: Recorder,
    now: Time,
    nodes: Vec<Life>,
    opaque: bool,
    clients: usize,
    open: Vec<String>,
}

#[derive(Clone, Default)]
struct Life {
    down: bool,
    incarnation: u32,
    sent: u32,
}

impl Making {
    fn new(header: Header) -> Making {
        let nodes = vec![Life::default(); header.nodes.len()];
        let opaque = header.names == Names::Opaque;
        let recorder = Recorder::new(header);
        Making { recorder, now: Time::ZERO, nodes, opaque, clients: 0, open: Vec::new() }
    }

    fn event(&mut self, draw: &Draw) {
        let kind = Kind::ALL[draw.kind];
        let life = &mut self.nodes[draw.node as usize];
        match kind {
            Kind::Crash if !life.down => life.down = true,
            Kind::Recover => *life = Life { incarnation: life.incarnation + 1, ..Life::default() },
            Kind::Note | Kind::Drop | Kind::Invoke | Kind::Response => {}
            kind if kind.is_disturbance() => {}
            _ if life.down => return,
            _ => {}
        }
        self.now = Time(self.now.0.saturating_add(draw.number % 5));
        match kind {
            Kind::Broadcast => self.broadcast(draw),
            Kind::View => self.view(draw),
            kind if kind.is_transmission() && draw.flag(0) => self.transmission(kind, draw),
            kind if kind.is_delivery() => {
                let row = self.row(draw);
                let detail = self.place(draw);
                self.push(kind, draw, row, detail);
            }
            kind => self.other(kind, draw),
        }
    }

    fn causes(&self, draw: &Draw) -> Vec<EventId> {
        let len = self.recorder.len() as u32;
        let causes = [draw.small, draw.other, draw.node].into_iter().take(draw.other as usize);
        causes.filter(|_| len > 0).map(|cause| EventId(cause % len)).collect()
    }

    fn group(&self, draw: &Draw) -> u32 {
        draw.small % self.recorder.groups().len() as u32
    }

    /// A message that was broadcast or not, and perhaps of a node that there is not.
    fn row(&mut self, draw: &Draw) -> u32 {
        let messages = &mut self.recorder.history_mut().messages;
        if self.opaque {
            return messages.opaque_row(&draw.text);
        }
        let stranger = draw.flag(7) && draw.flag(6);
        if stranger {
            return messages.opaque_row(&format!("?{}:0:{}", draw.text, draw.small));
        }
        let (incarnation, number) = (draw.small % 3, 1 + draw.small / 3 % 4);
        messages.row(MessageId { origin: NodeId(draw.other), incarnation, number })
    }

    fn digest(&mut self, row: u32, draw: &Draw, broadcast: bool) -> u32 {
        let ours = draw.text.len() == 16 && draw.text.bytes().all(|b| b.is_ascii_hexdigit());
        let digest = match u64::from_str_radix(&draw.text, 16) {
            Ok(hash) if ours => Digest::Hash(hash),
            _ => Digest::Text(draw.text.as_str().into()),
        };
        match (draw.flag(1), broadcast) {
            (false, _) => NONE,
            (true, true) => self.recorder.digest_at_broadcast(row, digest),
            (true, false) => self.recorder.digest_elsewhere(row, digest),
        }
    }

    fn broadcast(&mut self, draw: &Draw) {
        let Life { incarnation, sent, .. } = self.nodes[draw.node as usize].clone();
        let origin = NodeId(draw.node);
        let id = MessageId { origin, incarnation, number: sent + 1 };
        let messages = &mut self.recorder.history_mut().messages;
        let row = if self.opaque { messages.opaque_row(&draw.text) } else { messages.row(id) };
        if messages.broadcast[row as usize] != NONE {
            return;
        }
        if self.opaque {
            messages.origin[row as usize] = draw.node;
            messages.incarnation[row as usize] = incarnation;
            messages.number[row as usize] = draw.small.max(1);
        }
        self.nodes[draw.node as usize].sent += 1;
        let (digest, causes) = (self.digest(row, draw, true), self.causes(draw));
        let group = GroupId(self.group(draw));
        self.recorder.broadcast_row(self.now, origin, row, group, digest, &causes);
    }

    fn push(&mut self, kind: Kind, draw: &Draw, row: u32, detail: u32) {
        let digest = if row == NONE { NONE } else { self.digest(row, draw, false) };
        let causes = self.causes(draw);
        self.recorder.push(self.now, draw.node, kind, row, digest, &causes, detail);
    }

    fn view_name(draw: &Draw) -> ViewName {
        let creator = draw.some(2, draw.text.as_str().into()).filter(|_| !draw.text.is_empty());
        ViewName { number: 1 + draw.number % 1000, creator }
    }

    fn place(&mut self, draw: &Draw) -> u32 {
        let view = draw.some(3, Making::view_name(draw));
        let group = draw.some(5, self.group(draw));
        let place = Place { slot: draw.some(4, draw.number), view, group };
        if place == Place::default() { NONE } else { self.recorder.place(place) }
    }

    fn view(&mut self, draw: &Draw) {
        let members: Vec<NodeId> = (0..=draw.other).rev().map(NodeId).collect();
        let mut view = Making::view_name(draw);
        // One id, one list of members, at whatever node and in whatever group.
        view.number = 4 * view.number + u64::from(draw.other);
        let install = ViewInstall {
            view,
            members: members.clone(),
            primary: draw.flag(3),
            transitional: draw.some(4, members),
            group: draw.some(5, self.group(draw)),
        };
        let views = &mut self.recorder.history_mut().details.views;
        views.push(install);
        let detail = views.len() as u32 - 1;
        self.push(Kind::View, draw, NONE, detail);
    }

    fn transmission(&mut self, kind: Kind, draw: &Draw) {
        let rows =
            (0..draw.small % 3).map(|i| self.row(&Draw { small: draw.small ^ i, ..draw.clone() }));
        let frame = Transmission {
            incoming: kind == Kind::Recv || kind != Kind::Send && draw.flag(1),
            messages: rows.collect(),
            bytes: draw.some(2, draw.small),
            label: draw.some(3, draw.text.as_str().into()),
            why: draw.some(4, draw.text.as_str().into()),
            group: draw.some(5, self.group(draw)),
            network: NetworkId(u8::from(draw.flag(6))),
            ..Transmission::new(NodeId(draw.other), draw.number)
        };
        self.recorder.transmission(self.now, NodeId(draw.node), kind, frame, None);
    }

    fn other(&mut self, kind: Kind, draw: &Draw) {
        let Some(mut fields) = self.fields(kind, draw) else { return };
        fields.extend(draw.some(6, (format!("z{}", draw.text), draw.value.clone())));
        if draw.flag(5) {
            let group = self.recorder.groups()[self.group(draw) as usize].0.clone();
            fields.insert("g".to_owned(), group.into());
        }
        let names_message = matches!(kind, Kind::BroadcastReturn | Kind::Discard);
        let free = kind == Kind::Note || kind.is_disturbance();
        if names_message {
            let (row, detail) = (self.row(draw), self.recorder.fields(fields));
            let causes = self.causes(draw);
            self.recorder.push(self.now, draw.node, kind, row, NONE, &causes, detail);
        } else if kind.is_transmission() || free && draw.flag(7) {
            self.recorder.environment(self.now, kind, fields);
        } else {
            let cause = self.causes(draw).first().copied();
            self.recorder.event(self.now, NodeId(draw.node), kind, fields, cause);
        }
    }

    /// The keys of a kind, in no particular order.
    fn fields(&mut self, kind: Kind, draw: &Draw) -> Option<Map<String, Value>> {
        let mut fields = Map::new();
        for wanted in keys_of(kind).iter().rev() {
            if wanted.required || draw.flag(wanted.key.len() as u8 % 8) {
                fields.insert(wanted.key.to_owned(), self.of_shape(wanted.shape, draw));
            }
        }
        match kind {
            Kind::Invoke => {
                self.clients += 1;
                self.open.push(format!("{}{}", draw.text, self.clients));
                fields.insert("client".to_owned(), self.open.last()?.as_str().into());
            }
            Kind::Response => {
                fields.insert("client".to_owned(), self.open.pop()?.into());
            }
            _ => {}
        }
        Some(fields)
    }

    fn of_shape(&mut self, shape: Shape, draw: &Draw) -> Value {
        match shape {
            Shape::Any => draw.value.clone(),
            Shape::Flag => draw.flag(0).into(),
            Shape::Integer => (draw.number as i64).into(),
            Shape::Whole => draw.number.into(),
            Shape::Text => draw.text.as_str().into(),
            Shape::Object => json!({ draw.text.as_str(): draw.value }),
            Shape::Node => {
                let history = self.recorder.history_mut();
                history.node_name(NodeId(draw.other)).into()
            }
            Shape::View => Making::view_name(draw).to_string().into(),
            Shape::MessageNames => {
                let row = self.row(draw);
                let history = self.recorder.history_mut();
                vec![history.message_name(row)].into()
            }
            Shape::OneOf(words) => words[draw.small as usize % words.len()].into(),
        }
    }
}
