use super::*;

fn asked(name: &str, value: impl Into<Value>) -> Result<Search, Refusal> {
    let data = Value::map([(name, value.into())]);
    read(&data, &Settings::default(), now(), Dialect::MySql)
}

fn now() -> NaiveDateTime {
    date("2026-01-23 10:00:00").unwrap_or_default()
}

#[test]
fn without_a_word_the_newest_five_hundred_are_wanted() {
    let search = asked("Unknown", "x").unwrap();

    assert_eq!(search.limit, Some(500));
    assert_eq!(
        search.order,
        [(
            SortKey::from_word("Age").expect("a sort key"),
            Direction::Down
        )]
    );
}

#[test]
fn only_digits_limit_an_answer() {
    assert_eq!(asked("Limit", " 5\n").unwrap().limit, Some(5));
    assert_eq!(asked("Limit", "0").unwrap().limit, Some(500));
    for limit in ["5 OFFSET 2", "3,4", "-1", "00", "1e1", "abc", "5;--"] {
        assert_eq!(asked("Limit", limit).err(), Some(Refusal::Nothing));
    }
}

#[test]
fn postgresql_rounds_a_limit() {
    let limit = |text: &str| {
        let data = Value::map([("Limit", text)]);
        limit(&data, &Settings::default(), Dialect::Postgres)
    };

    assert_eq!(limit("2.5"), Ok(Some(3)));
    assert_eq!(limit("2.49"), Ok(Some(2)));
    assert_eq!(limit(".5"), Ok(Some(1)));
    for text in [
        "0.4",
        ".",
        "-1.5",
        "1.5e3",
        "1.5.2",
        "9223372036854775807.5",
    ] {
        assert_eq!(limit(text), Err(Refusal::Nothing), "{text}");
    }
}

#[test]
fn a_single_zero_asks_for_nothing() {
    assert!(asked("TicketID", "0").unwrap().ids.is_empty());
    assert!(asked("Title", 0).unwrap().texts.is_empty());
    assert!(
        asked("MIMEBase_Body", "0")
            .unwrap()
            .articles
            .fields
            .is_empty()
    );
    let zeros = vec![Value::text("0"), Value::text("0")];
    assert_eq!(
        asked("TicketID", zeros).unwrap().ids[&IdField::Ticket],
        [0, 0]
    );
}

#[test]
fn bytes_that_are_no_text_are_refused_where_a_text_is_looked_for() {
    let bytes = || Value::Bytes(vec![0xfc]);

    for name in ["Title", "Fulltext", "MIMEBase_Body"] {
        let refused = Some(Refusal::Malformed(NOT_UTF8));
        assert_eq!(asked(name, bytes()).err(), refused, "{name}");
    }
    assert_eq!(asked("TicketID", bytes()).err(), Some(Refusal::Nothing));
    assert_eq!(asked("SortBy", bytes()).err(), Some(Refusal::Nothing));
    assert!(asked("Unknown", bytes()).is_ok());
}

#[test]
fn hostile_sort_keys_and_combinations_find_nothing() {
    for (name, value) in [
        ("SortBy", "Age; DROP TABLE ticket"),
        ("SortBy", "age"),
        ("OrderBy", "Up, (SELECT 1)"),
        ("OrderBy", "down"),
        ("TicketID", "1 OR 1=1"),
        ("QueueIDs", "1'"),
    ] {
        assert_eq!(asked(name, value).err(), Some(Refusal::Nothing), "{value}");
    }
    let data = Value::map([
        ("MIMEBase_Body", "a"),
        ("MIMEBase_Subject", "b"),
        ("ContentSearch", "OR 1=1"),
    ]);
    assert_eq!(
        read(&data, &Settings::default(), now(), Dialect::MySql).err(),
        Some(Refusal::Nothing)
    );
}

#[test]
fn values_of_the_wrong_shape_ask_for_nothing() {
    let search = asked("Title", Value::map([("a", "b")])).unwrap();
    assert!(search.texts.is_empty());
    let search = asked("MIMEBase_Body", vec![Value::text("a")]).unwrap();
    assert!(search.articles.fields.is_empty());
    assert!(asked("TicketID", Vec::new()).unwrap().ids.is_empty());
}

#[test]
fn times_are_minutes_before_now_or_dates() {
    let newest = |name: &str, value: &str| {
        asked(name, value).map(|search| search.times[&TimeField::Created].newest)
    };
    let older = |value| newest("TicketCreateTimeOlderMinutes", value);
    let before = |value| newest("TicketCreateTimeOlderDate", value);

    assert_eq!(older("60"), Ok(date("2026-01-23 9:0:0")));
    assert_eq!(older("60x"), Ok(Some(now())));
    assert_eq!(older("99999999999"), Err(Refusal::Nothing));
    assert_eq!(before("2026-1-5 1:2:3"), Ok(date("2026-01-05 01:02:03")));
    for text in [
        "2026-01-05",
        "2026-02-30 00:00:00",
        "x",
        "26-01-05 00:00:00",
    ] {
        assert_eq!(before(text), Err(Refusal::Nothing), "{text}");
    }
    assert_eq!(
        asked("TicketCloseTimeOlderMinutes", "0").err(),
        Some(Refusal::Nothing)
    );
}

#[test]
fn fields_are_named_in_a_list_or_by_their_key() {
    let equals = || Value::map([("Equals", "x")]);
    let names = |data: Value| -> Vec<String> {
        let search = read(&data, &Settings::default(), now(), Dialect::MySql).unwrap();
        let fields = search.dynamic_fields.into_iter();
        fields.map(|field| field.name).collect()
    };

    assert_eq!(names(Value::map([("DynamicField_A1", equals())])), ["A1"]);
    assert!(names(Value::map([("DynamicField_a_b", equals())])).is_empty());
    let entry = Value::map([("Name", "a_b"), ("Equals", "x")]);
    assert_eq!(
        names(Value::map([("DynamicField", Value::List(vec![entry]))])),
        ["a_b"]
    );
    assert_eq!(
        asked("DynamicField", vec![Value::text("x")]).err(),
        Some(Refusal::Malformed(
            "DynamicField holds an entry that is no hash."
        ))
    );
}
