//! What is read and written for each request: `cargo bench -p otterdesk-compat`.

use std::{hint::black_box, time::Duration};

use compat::{Map, Value, json, password, password::CryptType, rest, soap, storable, yaml};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// A ticket with its articles, about as long as a usual answer of TicketGet.
fn ticket() -> Map {
    let article = |number: u32| {
        Value::map([
            ("ArticleID", Value::text(number.to_string())),
            (
                "Subject",
                Value::text("Re: [Ticket#2026012310000017] Gerät meldet „kein Netz“"),
            ),
            (
                "From",
                Value::text("\"Jan Köhler\" <jan@wetterhof.example>"),
            ),
            (
                "Body",
                Value::text("Guten Tag,\n\nseit heute früh fehlen die \"Messwerte\".\n".repeat(12)),
            ),
            ("CreateTime", Value::text("2026-01-23 10:00:01")),
            ("IsVisibleForCustomer", Value::text("1")),
        ])
    };
    let ticket = Value::map([
        ("TicketID", Value::text("17")),
        ("TicketNumber", Value::text("2026012310000017")),
        ("Title", Value::text("Gerät meldet „kein Netz“")),
        ("Queue", Value::text("Support::Gateways")),
        ("State", Value::text("open")),
        ("Article", Value::List((1..=4).map(article).collect())),
    ]);
    Map::from_iter([("Ticket".to_owned(), Value::List(vec![ticket]))])
}

fn session() -> Value {
    let preferences = (0..60).map(|number| {
        (
            format!("UserPreference{number}"),
            Value::text(format!("value {number}")),
        )
    });
    Value::map(preferences)
}

fn formats(criterion: &mut Criterion) {
    let image = storable::nfreeze(&session());
    sized(criterion, "storable read, a session", image.len(), || {
        storable::read(black_box(&image))
    });

    let service = include_str!("../../fixtures/web_service/rest.yml");
    sized(criterion, "yaml read, a web service", service.len(), || {
        yaml::read(black_box(service))
    });

    let ticket = ticket();
    let text = json::write_map(&ticket);
    sized(criterion, "json write, a ticket", text.len(), || {
        json::write_map(black_box(&ticket))
    });
    sized(criterion, "json read, a ticket", text.len(), || {
        json::read(black_box(&text))
    });

    let order = soap::Order::default();
    let envelope = || {
        let version = soap::Version::V1_1;
        soap::write(
            version,
            "http://www.otrs.org/TicketConnector/",
            "TicketGetResponse",
            black_box(&ticket),
            &order,
        )
    };
    let bytes = envelope().unwrap_or_default().into_bytes();
    assert!(!bytes.is_empty(), "the ticket has an envelope");
    sized(criterion, "soap write, a ticket", bytes.len(), envelope);
    sized(criterion, "soap read, a ticket", bytes.len(), || {
        soap::read(black_box(&bytes), Some("utf-8"))
    });

    let query = "UserLogin=alice%40example.com&Password=otter&Queues=Support%3A%3AGateways&States=open&States=new&Limit=50";
    sized(criterion, "rest query", query.len(), || {
        rest::query(black_box(query))
    });
}

fn sized<T>(criterion: &mut Criterion, name: &str, bytes: usize, mut work: impl FnMut() -> T) {
    let mut group = criterion.benchmark_group("formats");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function(name, |bencher| bencher.iter(&mut work));
    group.finish();
}

fn passwords(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("password verify");
    let forms = [
        ("md5", CryptType::Md5),
        ("apr1", CryptType::Apr1),
        ("sha1", CryptType::Sha1),
        ("sha2", CryptType::Sha2),
        ("sha512", CryptType::Sha512),
        ("crypt", CryptType::Crypt),
        ("bcrypt, cost 4", CryptType::Bcrypt { cost: 4 }),
    ];
    for (name, form) in forms {
        let stored = password::hash(form, "alice", "otter", [7; 16]);
        assert!(password::verify(form, &stored, "otter"), "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| password::verify(form, black_box(&stored), black_box("otter")));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30);
    targets = formats, passwords
}
criterion_main!(benches);
