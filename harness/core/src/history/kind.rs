//! The kinds of events, by the words of the history format.

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What an event is.
        #[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $variant,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// The kind's word in a history file.
            pub const fn word(self) -> &'static str {
                match self { $(Kind::$variant => $word,)* }
            }

            /// The kind that a word of a history file stands for.
            pub fn from_word(word: &str) -> Option<Kind> {
                match word { $($word => Some(Kind::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// The application asked the node to multicast.
    Broadcast = "broadcast",
    /// The call returned.
    BroadcastReturn = "broadcast_return",
    /// The node delivered a message to its application.
    Deliver = "deliver",
    /// Optimistic delivery.
    OptDeliver = "opt_deliver",
    /// The message is known to be safe (stable).
    Safe = "safe",
    /// A view was installed.
    View = "view",
    /// Flush began.
    Block = "block",
    /// The application stopped sending.
    BlockOk = "block_ok",
    /// Request to include a node.
    Join = "join",
    /// Request to leave.
    Leave = "leave",
    /// Request to exclude a node.
    Exclude = "exclude",
    /// The failure detector suspects a node.
    Suspect = "suspect",
    /// The failure detector trusts a node again.
    Trust = "trust",
    /// The node stopped.
    Crash = "crash",
    /// The node restarted, with the next incarnation.
    Recover = "recover",
    /// The node stands still.
    Pause = "pause",
    /// The node goes on.
    Resume = "resume",
    /// A snapshot was taken.
    StateGet = "state_get",
    /// A snapshot was installed.
    StateSet = "state_set",
    /// A message left the retransmission buffer.
    Discard = "discard",
    /// A value was proposed.
    Propose = "propose",
    /// A value was decided.
    Decide = "decide",
    /// A client's operation began.
    Invoke = "invoke",
    /// A client's operation ended.
    Response = "response",
    /// A replica executed an operation.
    Apply = "apply",
    /// A node became primary.
    Lead = "lead",
    /// A node stopped being primary.
    Unlead = "unlead",
    /// Something happened to a token.
    Token = "token",
    /// A critical section was entered.
    Enter = "enter",
    /// A critical section was left.
    Exit = "exit",
    /// A clock was read.
    Clock = "clock",
    /// A frame was put on the network.
    Send = "send",
    /// A frame came from the network.
    Recv = "recv",
    /// A frame was lost.
    Drop = "drop",
    /// A frame was doubled.
    Duplicate = "duplicate",
    /// A frame was corrupted.
    Corrupt = "corrupt",
    /// Links were cut.
    Cut = "cut",
    /// A disturbance ended.
    Heal = "heal",
    /// Links began to lose.
    Lose = "lose",
    /// Links began to delay.
    Delay = "delay",
    /// A clock began to run wrong.
    Skew = "skew",
    /// A node began to lie.
    Byzantine = "byzantine",
    /// A disk began to fail.
    Disk = "disk",
    /// A remark.
    Note = "note",
}

impl Kind {
    /// Whether events of this kind at a node tell of one frame on the network.
    pub const fn is_transmission(self) -> bool {
        matches!(self, Kind::Send | Kind::Recv | Kind::Drop | Kind::Duplicate | Kind::Corrupt)
    }

    /// Whether events of this kind name a message and may tell its place.
    pub const fn is_delivery(self) -> bool {
        matches!(self, Kind::Deliver | Kind::OptDeliver | Kind::Safe)
    }

    /// Whether events of this kind are progress as an application sees it. What a detector says of
    /// others is none: it may go on for ever.
    pub const fn is_seen_by_the_application(self) -> bool {
        use Kind::{Broadcast, Decide, Deliver, Invoke, Propose, Response, View};
        matches!(self, Broadcast | Deliver | View | Propose | Decide | Invoke | Response)
    }

    /// Whether events of this kind are what clients ask for, when they like.
    pub const fn is_asked(self) -> bool {
        matches!(self, Kind::Broadcast | Kind::Propose | Kind::Invoke)
    }

    /// Whether events of this kind tell of what the environment does: they are of no node, and
    /// one that befalls a node names it in a key.
    pub const fn is_disturbance(self) -> bool {
        use Kind::{Byzantine, Cut, Delay, Disk, Heal, Lose, Skew};
        matches!(self, Cut | Heal | Lose | Delay | Skew | Byzantine | Disk)
    }

    /// Whether events of this kind give others their meaning, so that every excerpt keeps them.
    pub const fn gives_meaning(self) -> bool {
        use Kind::{Crash, Leave, Pause, Recover, Resume, StateSet, View};
        matches!(self, Crash | Recover | View | StateSet | Leave | Pause | Resume)
    }

    /// Whether events of this kind are always of a node. Clients are no nodes, and the network and
    /// whoever leaves a remark need not be.
    pub const fn needs_node(self) -> bool {
        let free = matches!(self, Kind::Invoke | Kind::Response | Kind::Note);
        !free && !self.is_disturbance() && !self.is_transmission()
    }
}
