//! What lists leave of some choices.

use super::{Acl, How, Known, Subject, Verdict};

/// What one list did.
#[derive(Debug)]
pub struct Step<'a> {
    pub acl: &'a Acl,
    pub verdict: Verdict<'a>,
    /// Which choices are left after it, in their order.
    pub left: Vec<bool>,
}

/// Goes through the lists that concern the subject, in their order; `names` are the choices.
///
/// `Possible` and `PossibleAdd` look at all the choices that there were at first, so of several lists the last
/// `Possible` counts. `PossibleNot` never takes the empty choice away.
pub fn steps<'a>(
    acls: impl IntoIterator<Item = &'a Acl>,
    known: &'a Known,
    subject: Subject<'_>,
    names: &[&str],
) -> Vec<Step<'a>> {
    let mut left = vec![true; names.len()];
    let mut steps = Vec::new();
    for acl in acls.into_iter().filter(|acl| acl.concerns(subject)) {
        let verdict = acl.verdict(known);
        if verdict.is_match() {
            apply(acl, subject, names, &mut left);
        }
        let is_last = verdict.is_match() && acl.stop;
        steps.push(Step {
            acl,
            verdict,
            left: left.clone(),
        });
        if is_last {
            break;
        }
    }
    steps
}

fn apply(acl: &Acl, subject: Subject<'_>, names: &[&str], left: &mut [bool]) {
    for how in How::ALL {
        let changes = acl.changes.iter();
        for change in changes.filter(|change| change.how == how && change.is_about(subject)) {
            for (left, name) in left.iter_mut().zip(names) {
                let passes = change.tests.iter().any(|test| test.takes(name));
                match how {
                    How::Possible => *left = passes,
                    How::PossibleAdd => *left |= passes,
                    How::PossibleNot => *left &= !passes || name.is_empty(),
                }
            }
        }
    }
}

/// The choices that the lists leave, in their order.
pub fn limit<'a, T>(
    acls: impl IntoIterator<Item = &'a Acl>,
    known: &Known,
    subject: Subject<'_>,
    choices: Vec<T>,
    name: impl Fn(&T) -> &str,
) -> Vec<T> {
    let acls: Vec<&Acl> = acls.into_iter().collect();
    let names: Vec<&str> = choices.iter().map(name).collect();
    let steps = steps(acls, known, subject, &names);
    let Some(last) = steps.last() else {
        return choices;
    };
    let left = last.left.clone();
    let left = choices.into_iter().zip(left);
    left.filter(|(_, left)| *left)
        .map(|(choice, _)| choice)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Value,
        acl::{Fact, Facts, Side},
    };

    fn acl(stop: bool, matching: &str, change: &str) -> Acl {
        let read = |text: &str| crate::yaml::read(&format!("---\n{text}\n")).unwrap();
        Acl::new("test", stop, &read(matching), &read(change))
    }

    fn left(acls: &[Acl], known: &Known) -> String {
        let base = vec!["1 very low", "2 low", "3 normal", "4 high", "5 very high"];
        let left = limit(acls, known, Subject::Ticket("Priority"), base, |name| name);
        left.iter().map(|name| &name[..1]).collect()
    }

    const POSSIBLE_23: &str = "Possible:\n  Ticket:\n    Priority: ['2 low', '3 normal']";
    const POSSIBLE_34: &str = "Possible:\n  Ticket:\n    Priority: ['4 high', '3 normal']";
    const NOT_3: &str = "PossibleNot:\n  Ticket:\n    Priority: ['3 normal']";
    const ADD_5: &str = "PossibleAdd:\n  Ticket:\n    Priority: ['5 very high', '9 no such']";

    #[test]
    fn lists_follow_each_other() {
        let known = Known::default();
        for (changes, stop, expected) in [
            (vec![POSSIBLE_23], false, "23"),
            (vec![POSSIBLE_23, POSSIBLE_34], false, "34"),
            (vec![POSSIBLE_23, POSSIBLE_34], true, "23"),
            (vec![POSSIBLE_23, NOT_3], false, "2"),
            (vec![NOT_3, POSSIBLE_23], false, "23"),
            (vec![POSSIBLE_23, ADD_5], false, "235"),
            (vec![ADD_5, POSSIBLE_23], false, "23"),
            (vec!["Possible:\n  Ticket:\n    Priority: []"], false, ""),
            (
                vec!["Possible:\n  Ticket:\n    Priority: ~"],
                false,
                "12345",
            ),
            (vec!["Possible:\n  Ticket:\n    State: []"], false, "12345"),
            (
                vec!["Possible:\n  Action: [AgentTicketNote]"],
                true,
                "12345",
            ),
        ] {
            let acls: Vec<Acl> = changes
                .iter()
                .map(|change| acl(stop, "~", change))
                .collect();
            assert_eq!(left(&acls, &known), expected, "{changes:?}");
        }
    }

    #[test]
    fn a_list_that_does_not_match_changes_and_stops_nothing() {
        let mut known = Known::default();
        let facts = Facts::from([("Name".to_owned(), Fact::from("Ops"))]);
        known.set(Side::Given, "Queue", facts);
        for (matching, expected) in [
            ("{}", "23"),
            ("Properties: {}", "23"),
            ("Properties: ~", "23"),
            ("Properties:\n  Queue: {}", "12345"),
            ("Properties:\n  Queue: ~", "12345"),
            ("Properties:\n  Queue:\n    Name: []", "12345"),
            ("Properties:\n  Queue:\n    Name: [Ops]", "23"),
            ("Properties:\n  Queue:\n    Name: Ops", "23"),
            ("Properties:\n  Queue:\n    Name: [Raw, Ops]", "23"),
            ("Properties:\n  Queue:\n    Name: ['[Not]Raw', 'Ops']", "23"),
            ("Properties:\n  Queue:\n    Color: ['[Not]blue']", "12345"),
            ("PropertiesDatabase:\n  Queue:\n    Name: [Ops]", "12345"),
            ("Properties:\n  Queue:\n    Name: ['[RegExp](']", "12345"),
        ] {
            let list = acl(true, matching, POSSIBLE_23);
            assert_eq!(
                left(std::slice::from_ref(&list), &known),
                expected,
                "{matching}"
            );
        }
    }

    #[test]
    fn the_empty_choice_stays_unless_others_are_named() {
        let known = Known::default();
        let left = |how: &str, values: &str| {
            let change = format!("{how}:\n  Ticket:\n    DynamicField_X: [{values}]");
            let list = acl(false, "~", &change);
            let base = vec!["", "a", "b"];
            limit(
                [&list],
                &known,
                Subject::Ticket("DynamicField_X"),
                base,
                |name| name,
            )
        };
        assert_eq!(left("PossibleNot", "'', a"), ["", "b"]);
        assert_eq!(left("PossibleNot", "'[Not]a'"), ["", "a"]);
        assert_eq!(left("Possible", "a"), ["a"]);
        assert_eq!(left("Possible", "'[Not]a'"), ["", "b"]);
    }

    #[test]
    fn screens_stand_in_a_list_of_their_own() {
        let known = Known::default();
        let left = |change: &str| {
            let list = acl(false, "~", change);
            let base = vec!["AgentTicketNote", "AgentTicketClose"];
            limit([&list], &known, Subject::Action, base, |name| name)
        };
        let all = ["AgentTicketNote", "AgentTicketClose"];
        assert_eq!(left("PossibleNot:\n  Action: [AgentTicketNote]"), all[1..]);
        assert_eq!(left("Possible:\n  Action: []"), all);
        assert_eq!(left("Possible:\n  Action:\n    AgentTicketNote: 1"), all);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Undef),
            "(\\[Not\\]|\\[RegExp\\]|\\[Notregexp\\])?[a-c(]{0,2}".prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::btree_map(
                    "Properties|Possible|PossibleAdd|PossibleNot|Ticket|Action|Queue|Name",
                    inner,
                    0..4
                )
                .prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_row_leaves_choices_in_their_order(
            matching in any_value(),
            change in any_value(),
            base in prop::collection::vec("[a-c]{0,2}", 0..6),
        ) {
            let list = Acl::new("any", false, &matching, &change);
            for subject in [Subject::Ticket("Name"), Subject::Action] {
                let numbered: Vec<(usize, String)> = base.iter().cloned().enumerate().collect();
                let left = limit([&list], &Known::default(), subject, numbered, |(_, name)| name);
                prop_assert!(left.is_sorted());
                prop_assert!(left.iter().all(|(number, name)| base[*number] == *name));
            }
        }

        #[test]
        fn what_one_list_takes_the_opposite_list_leaves(
            tests in prop::collection::vec("(\\[Not\\]|\\[regexp\\])?[a-c]{1,2}", 0..4),
            base in prop::collection::vec("[a-c]{1,2}", 0..6),
        ) {
            let list = |how: &str| {
                let wanted = tests.iter().cloned().map(Value::from).collect::<Vec<Value>>();
                let change = Value::map([(how, Value::map([("Ticket", Value::map([("State", wanted)]))]))]);
                Acl::new(how, false, &Value::Undef, &change)
            };
            let (only, not) = (list("Possible"), list("PossibleNot"));
            let numbered = || base.iter().cloned().enumerate().collect::<Vec<(usize, String)>>();
            let left = |acls: &[&Acl]| {
                let acls = acls.iter().copied();
                limit(acls, &Known::default(), Subject::Ticket("State"), numbered(), |(_, name)| name)
            };
            let mut both = left(&[&only]);
            both.extend(left(&[&not]));
            both.sort();
            prop_assert_eq!(both, numbered());
            prop_assert!(left(&[&only, &not]).is_empty());
        }
    }
}
