//! What a request can say about a ticket, an article, a file or a field, each with a telling name.

use serde_json::{Value, json};

/// A name and what is put on top of a request.
pub type Part = (String, Value);

fn part(name: &str, value: Value) -> Part {
    (name.to_owned(), value)
}

/// One value for each field of a ticket, different from those of a new one.
pub fn ticket() -> Vec<Part> {
    [
        json!({"Title": "Another title"}),
        json!({"Queue": "Ops"}),
        json!({"State": "closed successful"}),
        json!({"State": "pending reminder", "PendingTime": {"Year": 2036, "Month": 5, "Day": 6, "Hour": 7, "Minute": 8}}),
        json!({"Priority": "5 very high"}),
        json!({"Type": "Problem::Größer"}),
        json!({"Service": "Mail", "SLA": "Gold"}),
        json!({"Owner": "lab-full"}),
        json!({"Responsible": "lab-both"}),
        json!({"Lock": "lock"}),
        json!({"CustomerUser": "bob"}),
    ]
    .into_iter()
    .map(|fields| {
        let names: Vec<String> = fields
            .as_object()
            .map(|fields| {
                fields
                    .iter()
                    .map(|(name, value)| match value.as_str() {
                        Some(text) => format!("{name} {text}"),
                        None => name.clone(),
                    })
                    .collect()
            })
            .unwrap_or_default();
        (names.join(", "), json!({"Ticket": fields}))
    })
    .collect()
}

/// Other values of single fields.
pub fn more_of_ticket() -> Vec<Part> {
    let mut parts: Vec<Value> = vec![
        json!({"Title": "x".repeat(255)}),
        json!({"Title": "x".repeat(256)}),
        json!({"Title": "ü".repeat(300)}),
        json!({"Title": " spaces around "}),
        json!({"Title": "two\nlines\r\nof title"}),
        json!({"Title": "tab\tin title"}),
        json!({"Title": "😀 beyond the plane 🐧"}),
        json!({"Title": "漢字 Привет עברית"}),
        json!({"Title": "<b>bold</b> & \"quoted\" 'single' %s %% \\ back"}),
        json!({"Title": "%%percents%%in%%it%%"}),
        json!({"Title": 12345}),
        json!({"Title": "0.0"}),
        json!({"QueueID": 2}),
        json!({"QueueID": "13"}),
        json!({"Queue": "Postmaster"}),
        json!({"Queue": "Ops::Night"}),
        json!({"Queue": "Sales::Übersee & Co"}),
        json!({"Queue": "Secret"}),
        json!({"Queue": "Ops", "QueueID": 13}),
        json!({"State": "new"}),
        json!({"State": "closed unsuccessful"}),
        json!({"State": "merged"}),
        json!({"State": "removed"}),
        json!({"State": "pending reminder"}),
        json!({"State": "pending auto close+"}),
        json!({"State": "pending auto close-", "PendingTime": {"Year": 2036, "Month": 12, "Day": 31, "Hour": 23, "Minute": 59}}),
        json!({"State": "pending reminder", "PendingTime": {"Year": "2036", "Month": "02", "Day": "03", "Hour": "04", "Minute": "05"}}),
        json!({"State": "pending reminder", "PendingTime": {"Year": 2020, "Month": 1, "Day": 1, "Hour": 0, "Minute": 0}}),
        json!({"State": "pending reminder", "PendingTime": {"Diff": 10080}}),
        json!({"State": "pending reminder", "PendingTime": {"Diff": "90"}}),
        json!({"State": "open", "PendingTime": {"Year": 2036, "Month": 5, "Day": 6, "Hour": 7, "Minute": 8}}),
        json!({"PendingTime": {"Year": 2036, "Month": 5, "Day": 6, "Hour": 7, "Minute": 8}}),
        json!({"PendingTime": {"Diff": 60}}),
        json!({"StateID": 4}),
        json!({"StateID": "2"}),
        json!({"StateID": 6, "PendingTime": {"Diff": 1440}}),
        json!({"Priority": "1 very low"}),
        json!({"PriorityID": 4}),
        json!({"PriorityID": "2", "Priority": "5 very high"}),
        json!({"Type": "Unclassified"}),
        json!({"TypeID": 12}),
        json!({"Service": "Mail"}),
        json!({"Service": "Mail::IMAP"}),
        json!({"Service": "Mail", "SLA": "Silver"}),
        json!({"ServiceID": 11, "SLAID": 11}),
        json!({"ServiceID": "12", "SLAID": "11"}),
        json!({"Queue": "Ops", "Service": "Mail", "SLA": "Gold"}),
        json!({"Queue": "Ops", "State": "closed successful"}),
        json!({"Queue": "Ops::Night", "State": "pending reminder", "PendingTime": {"Diff": 600}}),
        json!({"Queue": "Ops", "Owner": "lab-full", "Lock": "lock"}),
        json!({"Owner": "root@localhost"}),
        json!({"OwnerID": 12}),
        json!({"OwnerID": "1"}),
        json!({"Owner": "lab-ümlaut"}),
        json!({"ResponsibleID": 11}),
        json!({"Responsible": "root@localhost"}),
        json!({"Responsible": "lab-tz", "Owner": "lab-role"}),
        json!({"Lock": "unlock"}),
        json!({"Lock": "tmp_lock"}),
        json!({"LockID": 2}),
        json!({"Lock": "unlock", "Owner": "lab-full"}),
        json!({"CustomerUser": "carol"}),
        json!({"CustomerUser": "zoë"}),
        json!({"CustomerUser": "dave"}),
        json!({"CustomerUser": "grace"}),
        json!({"CustomerUser": "stranger@else.example"}),
        json!({"CustomerUser": "bob@acme.example"}),
        json!({"CustomerUser": "carol", "CustomerID": "acme"}),
        json!({"CustomerUser": "stranger@else.example", "CustomerID": "nobody & sons"}),
        json!({"CustomerID": "globex"}),
        json!({"CustomerUser": "bob", "CustomerID": ""}),
        json!({"ArchiveFlag": "y"}),
        json!({"Unknown": "x", "TicketID": 2}),
    ];
    for (field, value) in [
        ("Owner", json!("")),
        ("Responsible", json!("0")),
        ("Service", json!("")),
        ("SLA", json!("")),
        ("Lock", json!("")),
        ("CustomerID", json!(null)),
        ("OwnerID", json!(null)),
        ("PendingTime", json!("")),
    ] {
        parts.push(json!({field: value}));
    }
    parts
        .into_iter()
        .map(|fields| {
            let name: String = fields.to_string().chars().take(90).collect();
            (format!("Ticket {name}"), json!({"Ticket": fields}))
        })
        .collect()
}

/// One value for each field of an article.
pub fn article() -> Vec<Part> {
    [
        json!({"From": "Frida Full <frida@lab.example>"}),
        json!({"To": "alice@acme.example"}),
        json!({"Cc": "Bob <bob@acme.example>, carol@globex.example"}),
        json!({"Bcc": "boss@lab.example"}),
        json!({"ReplyTo": "answers@lab.example"}),
        json!({"CommunicationChannel": "Email", "SenderType": "customer"}),
        json!({"IsVisibleForCustomer": 0}),
        json!({"TimeUnit": "3.10"}),
        json!({"HistoryType": "PhoneCallCustomer", "HistoryComment": "Alice called"}),
        json!({"NoAgentNotify": 1}),
        json!({"ContentType": "text/html; charset=utf-8", "Body": "<p>Hello <b>world</b> &amp; &uuml;</p>"}),
    ]
    .into_iter()
    .map(|fields| {
        let name = fields
            .as_object()
            .map(|fields| fields.keys().cloned().collect::<Vec<_>>().join(", "));
        (name.unwrap_or_default(), json!({"Article": fields}))
    })
    .collect()
}

/// Other values of single fields of an article.
pub fn more_of_article() -> Vec<Part> {
    let long_line = "word ".repeat(900);
    let html = |body: &str| json!({"ContentType": "text/html; charset=utf8", "Body": body});
    [
        json!({"Subject": "x".repeat(3800)}),
        json!({"Subject": "ä".repeat(3801)}),
        json!({"Subject": " spaces "}),
        json!({"Subject": "two\nlines"}),
        json!({"Subject": "two\r\nlines\twith a tab"}),
        json!({"Subject": "😀 emoji"}),
        json!({"Subject": 42}),
        json!({"Subject": "<script>alert(1)</script>"}),
        json!({"Body": "unix\nlines\n\nand a blank one\n"}),
        json!({"Body": "dos\r\nlines\r\n"}),
        json!({"Body": "old mac\rlines"}),
        json!({"Body": "  leading and trailing  \n "}),
        json!({"Body": "😀 beyond the plane 🐧"}),
        json!({"Body": "tab\there \u{a0} no-break \u{200b} zero width"}),
        json!({"Body": long_line}),
        json!({"Body": 3.5}),
        json!({"Body": "Stop words: the and is of a in der die das und\nPrinter printer PRINTER printers"}),
        json!({"Body": "a ab abc mail@host.example http://example.com/path?x=y foo-bar foo_bar 12345 1.234,56"}),
        json!({"Body": "@[lab-full] and @lab-full are mentioned, lab-ro is not"}),
        json!({"CommunicationChannel": "Phone"}),
        json!({"CommunicationChannel": "Internal"}),
        json!({"CommunicationChannel": "Email"}),
        json!({"CommunicationChannelID": 2}),
        json!({"SenderType": "agent"}),
        json!({"SenderType": "system"}),
        json!({"SenderType": "customer"}),
        json!({"SenderTypeID": 3}),
        json!({"SenderType": "system", "CommunicationChannel": "Email"}),
        json!({"SenderType": "customer", "CommunicationChannel": "Phone", "IsVisibleForCustomer": 1}),
        json!({"IsVisibleForCustomer": 1}),
        json!({"IsVisibleForCustomer": "0"}),
        json!({"IsVisibleForCustomer": ""}),
        json!({"IsVisibleForCustomer": 2}),
        json!({"TimeUnit": 5}),
        json!({"TimeUnit": "5"}),
        json!({"TimeUnit": 2.5}),
        json!({"TimeUnit": "2,5"}),
        json!({"TimeUnit": "0.10"}),
        json!({"TimeUnit": "3.00"}),
        json!({"TimeUnit": "007.005"}),
        json!({"TimeUnit": "1.999"}),
        json!({"TimeUnit": "0.0"}),
        json!({"TimeUnit": 100_000}),
        json!({"TimeUnit": "12345678.12"}),
        json!({"HistoryType": "AddNote"}),
        json!({"HistoryType": "SendAnswer", "HistoryComment": "%%a%%b"}),
        json!({"HistoryType": "FollowUp", "HistoryComment": "ü".repeat(250)}),
        json!({"HistoryComment": "x".repeat(200)}),
        json!({"HistoryComment": "x".repeat(201)}),
        json!({"HistoryComment": " spaces "}),
        json!({"From": "agent@lab.example"}),
        json!({"From": "\"Müller, Jörg\" <jm@lab.example>"}),
        json!({"From": "Alice <alice@acme.example>", "SenderType": "customer"}),
        json!({"To": "a@b.example, c@d.example", "Cc": "e@f.example", "From": "x@y.example"}),
        json!({"To": "no address"}),
        json!({"ContentType": "text/plain; charset=iso-8859-1"}),
        json!({"ContentType": "text/plain; charset=\"UTF-8\""}),
        json!({"ContentType": "TEXT/PLAIN; Charset=UTF8"}),
        json!({"ContentType": null, "MimeType": "text/plain", "Charset": "utf8"}),
        json!({"ContentType": null, "MimeType": "text/html", "Charset": "utf-8", "Body": "<p>x</p>"}),
        json!({"ContentType": "application/json; charset=utf-8", "Body": "{\"a\": 1}"}),
        html("<html><head><title>t</title><style>p {color: red}</style></head><body><h1>Big</h1><p>One</p><p>Two<br>Three</p></body></html>"),
        html("<ul><li>one</li><li>two</li></ul><ol><li>first</li></ol>"),
        html("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"),
        html("<p>See <a href=\"http://example.com/?a=1&amp;b=2\">this</a> and <a href='x'>that</a></p>"),
        html("<blockquote>quoted<blockquote>twice</blockquote></blockquote>after"),
        html("<pre>  kept   spaces\n and lines</pre>"),
        html("<div>a</div><div>b</div><hr>c"),
        html("<script>alert(1)</script><p onclick=\"x()\">click</p><img src=\"cid:inline1\">"),
        html("&lt;not a tag&gt; &euro; &#8364; &#x20ac; &nbsp; &unknown; &copy"),
        html("<p>unclosed <b>bold"),
        html("plain text without a tag"),
        html("<!-- a comment --><p>umlauts äöüß 漢字 😀</p>"),
        html("<img src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\" alt=\"dot\"><p>picture</p>"),
        html("<p>a mention of <a class=\"Mention\" href=\"?Action=AgentUser\">@lab-full</a></p>"),
        html(&format!("<p>{}</p>", "long ".repeat(400))),
        json!({"AutoResponseType": "auto reply"}),
        json!({"ForceNotificationToUserID": [11, 12]}),
        json!({"ExcludeNotificationToUserID": 11, "ExcludeMuteNotificationToUserID": [12]}),
        json!({"Loop": 1, "OrigHeader": {"a": "b"}, "InReplyTo": "<x@y>", "References": "<z@y>", "MessageID": "<my@id>"}),
    ]
    .into_iter()
    .map(|fields| {
        let name: String = fields.to_string().chars().take(100).collect();
        (format!("Article {name}"), json!({"Article": fields}))
    })
    .collect()
}

const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Files that come with an article.
pub fn attachments() -> Vec<Part> {
    let file = |name: &str| json!({"Content": "aGVsbG8gd29ybGQK", "ContentType": "text/plain; charset=utf-8", "Filename": name});
    let image = |id: &str| json!({"Content": DOT, "ContentType": "image/png", "Filename": "dot.png", "ContentID": id, "Disposition": "inline"});
    let mut parts = vec![
        part("one file", json!([file("hello.txt")])),
        part("a file that is no list", file("hello.txt")),
        part("two files", json!([file("a.txt"), file("b.txt")])),
        part(
            "three files of one name",
            json!([file("same.txt"), file("same.txt"), file("same.txt")]),
        ),
        part(
            "files that differ in case",
            json!([file("Same.TXT"), file("same.txt")]),
        ),
        part(
            "image",
            json!([{"Content": DOT, "ContentType": "image/png", "Filename": "dot.png"}]),
        ),
        part("inline image", json!([image("inline1")])),
        part("inline image with brackets", json!([image("<inline1>")])),
        part(
            "attachment disposition",
            json!([{"Content": DOT, "ContentType": "image/png", "Filename": "dot.png", "Disposition": "attachment"}]),
        ),
        part(
            "content alternative",
            json!([{"Content": "aGk=", "ContentType": "text/html; charset=utf-8", "Filename": "file-2", "ContentAlternative": 1}]),
        ),
        part(
            "content in lines",
            json!([{"Content": "aGVs\nbG8g\r\nd29ybGQK", "ContentType": "text/plain", "Filename": "lines.txt"}]),
        ),
        part(
            "bytes",
            json!([{"Content": "AAEC/f7/", "ContentType": "application/octet-stream", "Filename": "bytes.bin"}]),
        ),
        part(
            "nothing but padding",
            json!([{"Content": "====", "ContentType": "text/plain", "Filename": "empty.txt"}]),
        ),
        part(
            "latin1",
            json!([{"Content": "/OTf", "ContentType": "text/plain; charset=iso-8859-1", "Filename": "latin1.txt"}]),
        ),
        part(
            "content type with a name",
            json!([{"Content": "aGk=", "ContentType": "text/plain; name=\"inner.txt\"", "Filename": "outer.txt"}]),
        ),
        part(
            "content type in capitals",
            json!([{"Content": "aGk=", "ContentType": "TEXT/PLAIN; CHARSET=UTF-8", "Filename": "x.txt"}]),
        ),
        part(
            "long content type",
            json!([{"Content": "aGk=", "ContentType": format!("application/{}", "x".repeat(300)), "Filename": "x"}]),
        ),
        part(
            "an article's own file name",
            json!([file("file-1"), file("file-2"), file("plain.txt")]),
        ),
    ];
    for name in [
        "../../etc/passwd",
        "a/b/c.txt",
        "back\\slash.txt",
        "C:\\windows\\x.exe",
        " spaces .txt ",
        "two  spaces.txt",
        "umlaut äöü.txt",
        "e\u{301}decomposed.txt",
        "漢字.txt",
        "😀.txt",
        "quote\"s'.txt",
        "<script>.html",
        "line\nbreak.txt",
        "tab\there.txt",
        "percent%20.txt",
        "dot.",
        ".hidden",
        "..",
        "semi;colon&amp.txt",
        "no extension",
        "question?star*.txt",
    ] {
        parts.push(part(&format!("file name {name:?}"), json!([file(name)])));
    }
    for (label, name) in [
        ("200 letters", format!("{}.txt", "n".repeat(200))),
        ("250 letters", format!("{}.txt", "n".repeat(246))),
        ("300 letters", format!("{}.txt", "n".repeat(296))),
        ("130 umlauts", format!("{}.txt", "ü".repeat(130))),
    ] {
        parts.push(part(&format!("file name of {label}"), json!([file(&name)])));
    }
    parts
        .into_iter()
        .map(|(name, files)| (name, json!({"Attachment": files})))
        .collect()
}

/// Values of dynamic fields.
pub fn fields() -> Vec<Part> {
    let field = |name: &str, value: Value| json!({"Name": name, "Value": value});
    [
        field("LabText", json!("plain text")),
        field("LabText", json!("")),
        field("LabText", json!(" spaces ")),
        field("LabText", json!(0)),
        field("LabText", json!(12.5)),
        field("LabText", json!("umlaut ü 漢字 😀 <b>&")),
        field("LabText", json!("two\nlines")),
        field("LabText", json!("x".repeat(150))),
        field("LabText", json!("y".repeat(3800))),
        field("LabArea", json!("line one\nline two\r\nline three")),
        field("LabArea", json!("")),
        field("LabCheck", json!("1")),
        field("LabCheck", json!(0)),
        field("LabCheck", json!("")),
        field("LabDate", json!("2026-02-03 00:00:00")),
        field("LabDate", json!("2030-12-31 00:00:00")),
        field("LabDate", json!("")),
        field("LabDateTime", json!("2026-02-03 14:15:16")),
        field("LabDateTime", json!("")),
        field("LabDrop", json!("a")),
        field("LabDrop", json!("ü")),
        field("LabDrop", json!("")),
        field("LabMulti", json!(["a", "c"])),
        field("LabMulti", json!(["c", "a"])),
        field("LabMulti", json!("b")),
        field("LabMulti", json!([])),
        field("LabMulti", json!(["a", "a"])),
        field("LabArticleText", json!("of the article")),
        field("LabArticleText", json!("")),
        field("LabArticleMulti", json!(["x", "y"])),
    ]
    .into_iter()
    .map(|field| {
        let name: String = field.to_string().chars().take(70).collect();
        (format!("field {name}"), json!({"DynamicField": [field]}))
    })
    .chain([
        (
            "a field that is no list".to_owned(),
            json!({"DynamicField": field("LabText", json!("alone"))}),
        ),
        (
            "all fields".to_owned(),
            json!({"DynamicField": [
                field("LabText", json!("text")), field("LabArea", json!("area")), field("LabCheck", json!(1)),
                field("LabDate", json!("2026-07-08 00:00:00")), field("LabDateTime", json!("2026-07-08 09:10:11")),
                field("LabDrop", json!("b")), field("LabMulti", json!(["a", "b"])),
                field("LabArticleText", json!("article text")), field("LabArticleMulti", json!(["x"])),
            ]}),
        ),
        (
            "one field twice".to_owned(),
            json!({"DynamicField": [field("LabText", json!("first")), field("LabText", json!("second"))]}),
        ),
    ])
    .collect()
}
