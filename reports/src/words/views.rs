//! Membership: views, flushes, requests, detectors and snapshots.

use super::Words;
use crate::text::{self, thousands};
use crate::views::{self, Change};
use pepperland_core::history::{Event, Kind, ViewInstall};
use pepperland_core::id::NodeId;

/// A view of more members than this is told by their number.
const ROSTER: usize = 9;

/// Whether the words for it are here.
pub(super) fn is_of_membership(kind: Kind) -> bool {
    use Kind as K;
    let asked = matches!(kind, K::Join | K::Leave | K::Exclude | K::Suspect | K::Trust);
    asked || matches!(kind, K::Block | K::BlockOk | K::StateGet | K::StateSet)
}

impl Words<'_> {
    /// `installs view 2 {n1 n2 n4} after view 1: n4 joins, n3 is gone`.
    pub(super) fn view(&self, event: Event<'_>) -> String {
        let Some(install) = event.view() else { return "installs a view".to_owned() };
        let (view, members) = (self.view_name(event, install), self.roster(&install.members));
        let primary = if install.primary { "" } else { " (not primary)" };
        let since = match views::former(self.history, event) {
            None => String::new(),
            Some(former) if former.view == install.view => " once more".to_owned(),
            Some(former) => self.since(former, install),
        };
        let came = install.transitional.as_ref().map(|came| match came.len() {
            0 => "; nobody came along".to_owned(),
            _ => format!("; {} came along", self.roster(came)),
        });
        let without = match event.node() {
            Some(node) if !install.members.contains(&node) => ", without itself",
            _ => "",
        };
        let came = came.unwrap_or_default();
        format!("installs {view} {members}{without}{primary}{since}{came}")
    }

    fn since(&self, former: &ViewInstall, install: &ViewInstall) -> String {
        let change = Change::between(former, install);
        let joined = self.some(&change.joined, "joins", "join");
        let gone = self.some(&change.gone, "is gone", "are gone");
        let changes: Vec<String> = joined.into_iter().chain(gone).collect();
        let view = self.short(&former.view.to_string());
        match &changes[..] {
            [] => format!(" after view {view} of the same members"),
            changes => format!(" after view {view}: {}", changes.join(", ")),
        }
    }

    fn some(&self, nodes: &[NodeId], one: &str, many: &str) -> Option<String> {
        match nodes {
            [] => None,
            [node] => Some(format!("{} {one}", self.name(*node))),
            nodes => Some(format!("{} {many}", self.listed(nodes))),
        }
    }

    /// `{n1 n2 n3}`, or of many members their number and the first few.
    fn roster(&self, members: &[NodeId]) -> String {
        match members.len() {
            count if count > ROSTER => {
                let count = thousands(count as u64);
                format!("of {count} members {{{}}}", self.listed(members))
            }
            _ => format!("{{{}}}", self.listed(members)),
        }
    }

    /// Names, as many as there is room for.
    fn listed(&self, nodes: &[NodeId]) -> String {
        let most = if self.limit == usize::MAX { usize::MAX } else { ROSTER };
        let names = nodes.iter().take(most).map(|node| self.name(*node));
        let names: Vec<String> = names.collect();
        match nodes.len().saturating_sub(most) {
            0 => names.join(" "),
            more => format!("{} and {} more", names.join(" "), thousands(more as u64)),
        }
    }

    fn name(&self, node: NodeId) -> String {
        self.short(self.history.node_name(node))
    }

    /// `view 2`, and of which group where there are several.
    fn view_name(&self, event: Event<'_>, install: &ViewInstall) -> String {
        let view = self.short(&install.view.to_string());
        let groups = self.history.groups();
        let group = groups.get(views::group(self.history, event) as usize);
        match group.filter(|_| groups.len() > 1) {
            Some((group, _)) => format!("view {view} of {}", text::short(group, 16)),
            None => format!("view {view}"),
        }
    }

    pub(super) fn view_label(&self, event: Event<'_>) -> [String; 2] {
        const FEW: usize = 6;
        let Some(install) = event.view() else { return ["view".to_owned(), String::new()] };
        let members = match install.members.len() {
            count if count > FEW => format!("{{{} members}}", thousands(count as u64)),
            _ => {
                let name = |node: &NodeId| text::short(self.history.node_name(*node), 8);
                let names: Vec<String> = install.members.iter().map(name).collect();
                format!("{{{}}}", names.join(" "))
            }
        };
        let primary = if install.primary { "" } else { " not primary" };
        let former = views::former(self.history, event);
        let change = former.map(|former| Change::between(former, install)).unwrap_or_default();
        let signed = [signed(self, "+", &change.joined), signed(self, "−", &change.gone)];
        let changes: Vec<String> = signed.into_iter().flatten().collect();
        [format!("{} {members}{primary}", self.view_name(event, install)), changes.join(" ")]
    }

    /// Requests, flushes, suspicions and snapshots.
    pub(super) fn membership(&self, event: Event<'_>) -> String {
        let target = || self.field(event, "target");
        let state = || event.field("state").map(|_| self.field(event, "state"));
        let state = || state().map(|state| format!(" ({state})")).unwrap_or_default();
        let group = || self.of_group(event);
        match event.kind() {
            Kind::Block => format!("begins {}", self.flush(event)),
            Kind::BlockOk => format!("stops sending for {}", self.flush(event)),
            Kind::Join => format!("asks {}to join{}", self.on_behalf(event), group()),
            Kind::Leave => format!("asks {}to leave{}", self.on_behalf(event), group()),
            Kind::Exclude => format!("asks to exclude {}{}", target(), group()),
            Kind::Suspect => format!("suspects {}{}", target(), state()),
            Kind::Trust => format!("trusts {} again{}", target(), state()),
            Kind::StateGet => format!("takes a snapshot{}", self.covered(event)),
            _ => match event.field("from") {
                Some(_) => {
                    let from = self.field(event, "from");
                    format!("installs the snapshot of {from}{}", self.covered(event))
                }
                None => format!("installs a snapshot{}", self.covered(event)),
            },
        }
    }

    /// The same in so few words that they stand beside a mark.
    pub(super) fn membership_in_brief(&self, event: Event<'_>) -> String {
        let slot = event.field("slot").map(|slot| format!(" #{slot}")).unwrap_or_default();
        match event.kind() {
            Kind::Block => "flush".to_owned(),
            Kind::BlockOk => "stops sending".to_owned(),
            Kind::Exclude => format!("excludes {}", self.field(event, "target")),
            Kind::Trust => format!("trusts {}", self.field(event, "target")),
            Kind::StateGet => format!("snapshot{slot}"),
            Kind::StateSet if event.field("from").is_none() => format!("state{slot}"),
            Kind::StateSet => format!("state of {}{slot}", self.field(event, "from")),
            _ => self.membership(event),
        }
    }

    fn flush(&self, event: Event<'_>) -> String {
        let group = self.of_group(event);
        match views::named(event) {
            Some(view) => format!("the flush of view {}{group}", self.short(&view)),
            None => format!("a flush{group}"),
        }
    }

    fn of_group(&self, event: Event<'_>) -> String {
        match event.field("g") {
            Some(_) => format!(" {}", self.field(event, "g")),
            None => String::new(),
        }
    }

    /// Whose request it is, if not its own.
    fn on_behalf(&self, event: Event<'_>) -> String {
        let own = event.node().map(|node| self.history.node_name(node));
        match event.field("target").and_then(|target| target.as_str()) {
            Some(target) if Some(target) != own => format!("for {} ", self.short(target)),
            _ => String::new(),
        }
    }

    /// What a snapshot stands for.
    fn covered(&self, event: Event<'_>) -> String {
        let slot = event.field("slot").map(|slot| format!(" up to #{slot}"));
        let set = event.field("set").and_then(|set| set.as_array());
        let set =
            set.map(|set| format!(" of {}", text::count(set.len() as u64, "message", "messages")));
        let view = views::named(event).map(|view| format!(" in view {}", self.short(&view)));
        let hash = event.field("hash").map(|_| format!(", hash {}", self.field(event, "hash")));
        [slot, set, view, hash].into_iter().flatten().collect()
    }
}

/// `+n4 +n5`, or of many the first few.
fn signed(words: &Words<'_>, sign: &str, nodes: &[NodeId]) -> Option<String> {
    const FEW: usize = 3;
    let name = |node: &NodeId| format!("{sign}{}", text::short(words.history.node_name(*node), 8));
    let mut names: Vec<String> = nodes.iter().take(FEW).map(name).collect();
    if nodes.len() > FEW {
        names.push(format!("{sign}{} more", thousands((nodes.len() - FEW) as u64)));
    }
    (!names.is_empty()).then(|| names.join(" "))
}
