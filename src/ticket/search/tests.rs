//! The statements of some searches, in each dialect.

use schema::{Dialect, testing::in_dialect};

use super::{dynamic_field::Field, *};

fn statement(search: &Search, sight: &Sight) -> String {
    let text = dynamic_field::Fields::from([(
        "Text".to_owned(),
        Field {
            id: 7,
            kind: dynamic_field::Kind::Text,
            of_articles: false,
        },
    )]);
    [Dialect::MySql, Dialect::Postgres, Dialect::Sqlite]
        .map(|dialect| {
            statement::build(search, sight, &text, dialect).map_or_else(
                || "nothing".to_owned(),
                |statement| in_dialect(dialect, &statement),
            )
        })
        .join("\n")
}

fn newest() -> Search {
    Search {
        order: vec![(
            SortKey::Column(schema::tables::Ticket::CreateTime),
            Direction::Down,
        )],
        limit: Some(500),
        ..Search::default()
    }
}

fn everything() -> Sight {
    Sight::Queues(None)
}

#[test]
fn the_newest_tickets_come_from_the_index_alone() {
    insta::assert_snapshot!(statement(&newest(), &everything()), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
}

#[test]
fn agents_see_their_queues_and_nothing_else() {
    let sight = Sight::Queues(Some(vec![1, 2]));
    let wanted = |queues: Vec<i64>| Search {
        ids: BTreeMap::from([(IdField::Queue, queues)]),
        ..newest()
    };
    insta::assert_snapshot!(statement(&wanted(vec![2, 3]), &sight), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` WHERE `ticket`.`queue_id` IN (2) ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" WHERE "ticket"."queue_id" IN (2) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" WHERE "ticket"."queue_id" IN (2) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
    assert!(statement(&wanted(vec![3]), &sight).starts_with("nothing"));
}

#[test]
fn customers_see_their_own_tickets_and_those_of_their_companies() {
    let sight = Sight::Customer {
        login: "alice".to_owned(),
        companies: vec!["Acme".to_owned()],
        queues: Some((vec![1], vec![2])),
    };
    insta::assert_snapshot!(statement(&newest(), &sight), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` WHERE ((`ticket`.`customer_user_id` = 'alice' OR `ticket`.`customer_id` = 'Acme') AND `ticket`.`queue_id` IN (1)) OR `ticket`.`queue_id` IN (2) ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" WHERE (("ticket"."customer_user_id" = 'alice' OR LOWER("ticket"."customer_id") = LOWER('Acme')) AND "ticket"."queue_id" IN (1)) OR "ticket"."queue_id" IN (2) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" WHERE (("ticket"."customer_user_id" = 'alice' OR LOWER("ticket"."customer_id") = LOWER('Acme')) AND "ticket"."queue_id" IN (1)) OR "ticket"."queue_id" IN (2) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
}

#[test]
fn texts_of_articles_are_asked_of_the_index() {
    let search = |combine, anywhere: Option<&str>| Search {
        articles: ArticleSearch {
            conditions: Vec::new(),
            fields: vec![(ArticleField::Subject, "rechnung".to_owned())],
            combine,
            anywhere: anywhere.map(str::to_owned),
        },
        ..newest()
    };
    insta::assert_snapshot!(statement(&search(Combine::All, None), &everything()), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` WHERE (SELECT 1 FROM `article_search_index` WHERE `article_search_index`.`ticket_id` = `ticket`.`id` AND `article_search_index`.`article_key` = 'MIMEBase_Subject' AND `article_search_index`.`article_value` LIKE '%rechnung%' ESCAPE '!' LIMIT 1) = 1 ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "article_search_index" WHERE "article_search_index"."ticket_id" = "ticket"."id" AND "article_search_index"."article_key" = 'MIMEBase_Subject' AND LOWER("article_search_index"."article_value") LIKE '%rechnung%' ESCAPE '!') ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "article_search_index" WHERE "article_search_index"."ticket_id" = "ticket"."id" AND "article_search_index"."article_key" = 'MIMEBase_Subject' AND "article_search_index"."article_value" LIKE '%rechnung%' ESCAPE '!') ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
    insta::assert_snapshot!(statement(&search(Combine::All, Some("50%")), &everything()), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` WHERE (SELECT 1 FROM `article` WHERE `article`.`ticket_id` = `ticket`.`id` AND ((SELECT 1 FROM `article_search_index` WHERE `article_search_index`.`article_id` = `article`.`id` AND `article_search_index`.`article_key` = 'MIMEBase_Subject' AND `article_search_index`.`article_value` LIKE '%rechnung%' ESCAPE '!' LIMIT 1) = 1 OR (SELECT 1 FROM `article_search_index` WHERE `article_search_index`.`article_id` = `article`.`id` AND (`article_search_index`.`article_value` LIKE '%50%' ESCAPE '!' OR `ticket`.`title` LIKE '%50%' ESCAPE '!') LIMIT 1) = 1) LIMIT 1) = 1 ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "article" WHERE "article"."ticket_id" = "ticket"."id" AND (EXISTS(SELECT 1 FROM "article_search_index" WHERE "article_search_index"."article_id" = "article"."id" AND "article_search_index"."article_key" = 'MIMEBase_Subject' AND LOWER("article_search_index"."article_value") LIKE '%rechnung%' ESCAPE '!') OR EXISTS(SELECT 1 FROM "article_search_index" WHERE "article_search_index"."article_id" = "article"."id" AND (LOWER("article_search_index"."article_value") LIKE '%50%' ESCAPE '!' OR LOWER("ticket"."title") LIKE '%50%' ESCAPE '!')))) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "article" WHERE "article"."ticket_id" = "ticket"."id" AND (EXISTS(SELECT 1 FROM "article_search_index" WHERE "article_search_index"."article_id" = "article"."id" AND "article_search_index"."article_key" = 'MIMEBase_Subject' AND "article_search_index"."article_value" LIKE '%rechnung%' ESCAPE '!') OR EXISTS(SELECT 1 FROM "article_search_index" WHERE "article_search_index"."article_id" = "article"."id" AND ("article_search_index"."article_value" LIKE '%50%' ESCAPE '!' OR "ticket"."title" LIKE '%50%' ESCAPE '!')))) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
}

#[test]
fn the_history_tells_how_a_ticket_was_created_and_closed() {
    let range = Range {
        oldest: Some(NaiveDateTime::default()),
        newest: None,
    };
    let search = Search {
        ids: BTreeMap::from([(IdField::CreatedState, vec![4])]),
        times: BTreeMap::from([(TimeField::Closed, range)]),
        ..newest()
    };
    insta::assert_snapshot!(statement(&search, &everything()), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` WHERE EXISTS(SELECT 1 FROM `ticket_history` WHERE `ticket_history`.`ticket_id` = `ticket`.`id` AND `ticket_history`.`history_type_id` IN (SELECT `ticket_history_type`.`id` FROM `ticket_history_type` WHERE `ticket_history_type`.`name` IN ('NewTicket', 'StateUpdate')) AND `ticket_history`.`state_id` IN (SELECT `ticket_state`.`id` FROM `ticket_state` INNER JOIN `ticket_state_type` ON `ticket_state_type`.`id` = `ticket_state`.`type_id` WHERE `ticket_state_type`.`name` IN ('closed')) AND `ticket_history`.`create_time` >= '1970-01-01 00:00:00.000000') AND EXISTS(SELECT 1 FROM `ticket_history` WHERE `ticket_history`.`ticket_id` = `ticket`.`id` AND `ticket_history`.`history_type_id` IN (SELECT `ticket_history_type`.`id` FROM `ticket_history_type` WHERE `ticket_history_type`.`name` IN ('NewTicket')) AND `ticket_history`.`state_id` IN (4)) ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "ticket_history" WHERE "ticket_history"."ticket_id" = "ticket"."id" AND "ticket_history"."history_type_id" IN (SELECT "ticket_history_type"."id" FROM "ticket_history_type" WHERE "ticket_history_type"."name" IN ('NewTicket', 'StateUpdate')) AND "ticket_history"."state_id" IN (SELECT "ticket_state"."id" FROM "ticket_state" INNER JOIN "ticket_state_type" ON "ticket_state_type"."id" = "ticket_state"."type_id" WHERE "ticket_state_type"."name" IN ('closed')) AND "ticket_history"."create_time" >= '1970-01-01 00:00:00.000000') AND EXISTS(SELECT 1 FROM "ticket_history" WHERE "ticket_history"."ticket_id" = "ticket"."id" AND "ticket_history"."history_type_id" IN (SELECT "ticket_history_type"."id" FROM "ticket_history_type" WHERE "ticket_history_type"."name" IN ('NewTicket')) AND "ticket_history"."state_id" IN (4)) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "ticket_history" WHERE "ticket_history"."ticket_id" = "ticket"."id" AND "ticket_history"."history_type_id" IN (SELECT "ticket_history_type"."id" FROM "ticket_history_type" WHERE "ticket_history_type"."name" IN ('NewTicket', 'StateUpdate')) AND "ticket_history"."state_id" IN (SELECT "ticket_state"."id" FROM "ticket_state" INNER JOIN "ticket_state_type" ON "ticket_state_type"."id" = "ticket_state"."type_id" WHERE "ticket_state_type"."name" IN ('closed')) AND "ticket_history"."create_time" >= '1970-01-01 00:00:00.000000') AND EXISTS(SELECT 1 FROM "ticket_history" WHERE "ticket_history"."ticket_id" = "ticket"."id" AND "ticket_history"."history_type_id" IN (SELECT "ticket_history_type"."id" FROM "ticket_history_type" WHERE "ticket_history_type"."name" IN ('NewTicket')) AND "ticket_history"."state_id" IN (4)) ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
}

#[test]
fn a_field_that_is_sorted_by_is_joined_and_others_are_looked_up() {
    let field = FieldSearch {
        name: "Text".to_owned(),
        tests: BTreeMap::from([
            (Operator::Like, vec!["a*".to_owned()]),
            (Operator::Empty, vec!["0".to_owned()]),
        ]),
        has_unknown_operator: false,
    };
    let search = Search {
        dynamic_fields: vec![field],
        ..newest()
    };
    insta::assert_snapshot!(statement(&search, &everything()), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` WHERE EXISTS(SELECT 1 FROM `dynamic_field_value` WHERE `dynamic_field_value`.`object_id` = `ticket`.`id` AND `dynamic_field_value`.`field_id` = 7 AND `dynamic_field_value`.`value_text` IS NOT NULL AND `dynamic_field_value`.`value_text` <> '') AND EXISTS(SELECT 1 FROM `dynamic_field_value` WHERE `dynamic_field_value`.`object_id` = `ticket`.`id` AND `dynamic_field_value`.`field_id` = 7 AND `dynamic_field_value`.`value_text` LIKE 'a%' ESCAPE '!') ORDER BY `ticket`.`create_time` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "dynamic_field_value" WHERE "dynamic_field_value"."object_id" = "ticket"."id" AND "dynamic_field_value"."field_id" = 7 AND "dynamic_field_value"."value_text" IS NOT NULL AND "dynamic_field_value"."value_text" <> '') AND EXISTS(SELECT 1 FROM "dynamic_field_value" WHERE "dynamic_field_value"."object_id" = "ticket"."id" AND "dynamic_field_value"."field_id" = 7 AND LOWER("dynamic_field_value"."value_text") LIKE 'a%' ESCAPE '!') ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" WHERE EXISTS(SELECT 1 FROM "dynamic_field_value" WHERE "dynamic_field_value"."object_id" = "ticket"."id" AND "dynamic_field_value"."field_id" = 7 AND "dynamic_field_value"."value_text" IS NOT NULL AND "dynamic_field_value"."value_text" <> '') AND EXISTS(SELECT 1 FROM "dynamic_field_value" WHERE "dynamic_field_value"."object_id" = "ticket"."id" AND "dynamic_field_value"."field_id" = 7 AND "dynamic_field_value"."value_text" LIKE 'a%' ESCAPE '!') ORDER BY "ticket"."create_time" DESC, "ticket"."id" DESC LIMIT 500
    "#);
    let sorted = Search {
        order: vec![(SortKey::DynamicField("Text".to_owned()), Direction::Up)],
        ..search
    };
    insta::assert_snapshot!(statement(&sorted, &everything()), @r#"
    MySQL: SELECT DISTINCT `ticket`.`id`, `sort0`.`value_text` FROM `ticket` LEFT JOIN `dynamic_field_value` AS `sort0` ON `sort0`.`object_id` = `ticket`.`id` AND `sort0`.`field_id` = 7 WHERE `sort0`.`value_text` LIKE 'a%' ESCAPE '!' AND (`sort0`.`value_text` IS NOT NULL AND `sort0`.`value_text` <> '') ORDER BY `sort0`.`value_text` ASC, `ticket`.`id` ASC LIMIT 500
    PostgreSQL: SELECT DISTINCT "ticket"."id", "sort0"."value_text" FROM "ticket" LEFT JOIN "dynamic_field_value" AS "sort0" ON "sort0"."object_id" = "ticket"."id" AND "sort0"."field_id" = 7 WHERE LOWER("sort0"."value_text") LIKE 'a%' ESCAPE '!' AND ("sort0"."value_text" IS NOT NULL AND "sort0"."value_text" <> '') ORDER BY "sort0"."value_text" ASC, "ticket"."id" ASC LIMIT 500
    SQLite: SELECT DISTINCT "ticket"."id", "sort0"."value_text" FROM "ticket" LEFT JOIN "dynamic_field_value" AS "sort0" ON "sort0"."object_id" = "ticket"."id" AND "sort0"."field_id" = 7 WHERE "sort0"."value_text" LIKE 'a%' ESCAPE '!' AND ("sort0"."value_text" IS NOT NULL AND "sort0"."value_text" <> '') ORDER BY "sort0"."value_text" ASC, "ticket"."id" ASC LIMIT 500
    "#);
}

#[test]
fn agents_sort_by_their_names_and_queues_by_theirs() {
    let search = Search {
        order: vec![
            (
                SortKey::AgentName(schema::tables::Ticket::UserId),
                Direction::Up,
            ),
            (SortKey::QueueName, Direction::Down),
        ],
        ..newest()
    };
    insta::assert_snapshot!(statement(&search, &everything()), @r#"
    MySQL: SELECT `ticket`.`id` FROM `ticket` INNER JOIN `users` AS `sort0` ON `sort0`.`id` = `ticket`.`user_id` INNER JOIN `queue` ON `queue`.`id` = `ticket`.`queue_id` ORDER BY `sort0`.`first_name` ASC, `sort0`.`last_name` ASC, `queue`.`name` DESC, `ticket`.`id` DESC LIMIT 500
    PostgreSQL: SELECT "ticket"."id" FROM "ticket" INNER JOIN "users" AS "sort0" ON "sort0"."id" = "ticket"."user_id" INNER JOIN "queue" ON "queue"."id" = "ticket"."queue_id" ORDER BY "sort0"."first_name" ASC, "sort0"."last_name" ASC, "queue"."name" DESC, "ticket"."id" DESC LIMIT 500
    SQLite: SELECT "ticket"."id" FROM "ticket" INNER JOIN "users" AS "sort0" ON "sort0"."id" = "ticket"."user_id" INNER JOIN "queue" ON "queue"."id" = "ticket"."queue_id" ORDER BY "sort0"."first_name" ASC, "sort0"."last_name" ASC, "queue"."name" DESC, "ticket"."id" DESC LIMIT 500
    "#);
}
