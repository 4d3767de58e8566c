//! The lines that flaws switch off, by the names of the flaws.

use pepperland_core::implementation::Setup;

/// Which line is switched off.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Planted {
    /// A view is installed without what others have of the last one.
    NoFlush,
    /// A flush tells a member's own multicasts alone.
    FlushSkipsUnstable,
    /// A view is proposed when a majority has flushed.
    FlushOnMajority,
    /// Whoever has promised a round promises no other.
    WaitsForItsCoordinator,
    /// The application is not told to stop.
    NoBlock,
    /// What comes from outside the view is delivered.
    HearsTheExcluded,
    /// The numbers of views are the coordinator's own, without its name.
    ViewIdReused,
    /// The greatest number of a view is not read from stable storage.
    ViewIdsRestart,
    /// The rest of a view comes after the next one.
    DeliverAfterView,
    /// There is no view on the way.
    MergesStraight,
    /// The transitional set is taken from the members of both views.
    TransitionalByMembers,
    /// Whoever left installs the next view.
    StaysWhenExcluded,
    /// Nobody who was once out of reach comes back.
    AloneAtFirstSuspicion,
    /// A view without the suspected is installed at once.
    ExcludeWithoutAgreement,
    /// What is here counts as stable.
    SafeOnReceipt,
    /// Half of the last primary view is enough.
    HalfIsEnough,
    /// A majority of the first view is enough.
    MajorityOfStaticSet,
    /// Any view is primary.
    MinorityGoesOn,
    /// The first who accepts a view is enough for it.
    InstallsUnaccepted,
    /// Whoever did not answer in a round is asked no more.
    ForgetsWhoWasSilent,
}

impl Planted {
    /// The one that is switched off in this setup.
    pub fn of(setup: &Setup<'_>) -> Option<Planted> {
        Some(match setup.flaw? {
            "no-flush" => Planted::NoFlush,
            "flush-skips-unstable" => Planted::FlushSkipsUnstable,
            "flush-on-majority" => Planted::FlushOnMajority,
            "waits-for-its-coordinator" => Planted::WaitsForItsCoordinator,
            "no-block" => Planted::NoBlock,
            "hears-the-excluded" => Planted::HearsTheExcluded,
            "view-id-reused" => Planted::ViewIdReused,
            "view-ids-restart" => Planted::ViewIdsRestart,
            "deliver-after-view" => Planted::DeliverAfterView,
            "merges-straight" => Planted::MergesStraight,
            "transitional-by-members" => Planted::TransitionalByMembers,
            "stays-when-excluded" => Planted::StaysWhenExcluded,
            "alone-at-first-suspicion" => Planted::AloneAtFirstSuspicion,
            "exclude-without-agreement" => Planted::ExcludeWithoutAgreement,
            "safe-on-receipt" => Planted::SafeOnReceipt,
            "half-is-enough" => Planted::HalfIsEnough,
            "majority-of-static-set" => Planted::MajorityOfStaticSet,
            "minority-goes-on" => Planted::MinorityGoesOn,
            "installs-unaccepted" => Planted::InstallsUnaccepted,
            "forgets-who-was-silent" => Planted::ForgetsWhoWasSilent,
            _ => return None,
        })
    }
}
