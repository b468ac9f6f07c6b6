//! Files that people attach, made on the spot.

use std::fmt::Write as _;

use rand::Rng;

/// A file: name, MIME type and content.
#[derive(Debug)]
pub(crate) struct Attachment {
    pub name: String,
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

/// The file that a conversation asks for; what kind it is shows in its name.
pub(crate) fn make(name: &str, serial: &str, order: &str, random: &mut impl Rng) -> Attachment {
    let (content_type, content) = match name.rsplit('.').next() {
        Some("csv") => ("text/csv", readings(serial, random).into_bytes()),
        Some("log") => ("text/plain", log(serial, random).into_bytes()),
        Some("png") => ("image/png", include_bytes!("../assets/label.png").to_vec()),
        _ => (
            "application/pdf",
            pdf(&format!("Brookside {order}")).into_bytes(),
        ),
    };
    Attachment {
        name: name.to_owned(),
        content_type,
        content,
    }
}

fn readings(serial: &str, random: &mut impl Rng) -> String {
    let mut text = String::from("serial;hour;temperature;humidity\n");
    for hour in 0..24 {
        let tenths = random.random_range(150..320);
        let humidity = random.random_range(35..100);
        line(
            &mut text,
            format_args!(
                "{serial};{hour:02}:00;{}.{};{humidity}",
                tenths / 10,
                tenths % 10
            ),
        );
    }
    text
}

fn log(serial: &str, random: &mut impl Rng) -> String {
    let mut text = String::new();
    for minute in 0..12 {
        let strength = random.random_range(40..95);
        line(
            &mut text,
            format_args!(
                "02:{minute:02} {serial} uplink signal -{strength} dBm, waiting for gateway"
            ),
        );
    }
    line(&mut text, format_args!("02:21 {serial} uplink restored"));
    text
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String can not fail.
    let _ = text.write_fmt(arguments);
    text.push('\n');
}

/// A page of A5 with one line of text, as the PDF manual (ISO 32000) wants it.
fn pdf(title: &str) -> String {
    let stream = format!("BT /F1 18 Tf 40 520 Td ({title}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{stream}\nendstream",
            stream.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(text.len());
        line(&mut text, format_args!("{number} 0 obj\n{object}\nendobj"));
    }
    let start = text.len();
    line(
        &mut text,
        format_args!("xref\n0 {}\n0000000000 65535 f ", objects.len() + 1),
    );
    for offset in offsets {
        line(&mut text, format_args!("{offset:010} 00000 n "));
    }
    line(
        &mut text,
        format_args!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
            objects.len() + 1
        ),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_names_the_offset_of_each_object() {
        let text = pdf("Brookside 1");
        for number in 1..=5 {
            let object = text.find(&format!("\n{number} 0 obj")).unwrap() + 1;
            assert!(
                text.contains(&format!("{object:010} 00000 n ")),
                "object {number}"
            );
        }
        let xref = text.find("\nxref").unwrap() + 1;
        assert!(text.ends_with(&format!("startxref\n{xref}\n%%EOF\n")));
    }
}
