//! The words of a database that every installation begins with, in other languages: states, priorities, locks.
//!
//! What administrators named themselves stays as it is, and so does everything in a language that is not here.
//!
//! Source: our own translations; where mails of the reference system had another word (79 of 231, and all for
//! `Unclassified`), that one, as people sort their mails by what stands in them.

/// The words as the database has them; a language has its own in the same order.
const WORDS: [&str; 22] = [
    "new",
    "open",
    "closed successful",
    "closed unsuccessful",
    "closed",
    "removed",
    "merged",
    "pending reminder",
    "pending auto close+",
    "pending auto close-",
    "pending auto",
    "1 very low",
    "2 low",
    "3 normal",
    "4 high",
    "5 very high",
    "lock",
    "unlock",
    "tmp_lock",
    "Checked",
    "Unchecked",
    "Unclassified",
];

/// An empty word is the same as in the database.
#[rustfmt::skip]
const LANGUAGES: [(&str, [&str; 22]); 11] = [
    ("de", ["neu", "offen", "erfolgreich geschlossen", "erfolglos geschlossen", "geschlossen", "entfernt",
        "zusammengefasst", "warten zur Erinnerung", "warten auf erfolgreich schließen",
        "warten auf erfolglos schließen", "warten auf", "1 sehr niedrig", "2 niedrig", "3 normal", "4 hoch",
        "5 sehr hoch", "gesperrt", "frei", "", "Ausgewählt", "Nicht ausgewählt", "Unklassifiziert"]),
    ("es", ["nuevo", "abierto", "cerrado con éxito", "cerrado sin éxito", "cerrado", "eliminado", "fusionado",
        "pendiente de recordatorio", "pendiente de cierre automático+", "pendiente de cierre automático-",
        "pendiente automático", "1 muy baja", "2 baja", "3 normal", "4 alta", "5 muy alta", "bloqueado",
        "desbloqueado", "", "Marcado", "Desmarcado", "Sin clasificar"]),
    ("fr", ["nouveau", "ouvert", "clos (résolu)", "clos (non résolu)", "fermé", "supprimé", "fusionné",
        "Attente de rappel", "en attente de fermeture automatique (+)", "en attente de fermeture automatique (-)",
        "en attente auto", "1 très bas", "2 bas", "3 normal", "4 important", "5 très important", "verrouiller",
        "déverrouiller", "", "", "", ""]),
    ("it", ["nuovo", "aperto", "chiuso con successo", "chiuso senza successo", "chiuso", "rimosso", "unito",
        "in attesa di promemoria", "in attesa di chiusura automatica+", "in attesa di chiusura automatica-",
        "in attesa di chiusura automatica", "1 molto bassa", "2 bassa", "3 normale", "4 alta", "5 molto alta",
        "bloccato", "sbloccato", "", "Verificato", "Non verificato", "Non classificato"]),
    ("nl", ["nieuw", "open", "succesvol gesloten", "niet succesvol gesloten", "gesloten", "verwijderd",
        "samengevoegd", "wachtend op een herinnering", "wachtend op automatisch succesvol sluiten",
        "wachtend op automatisch niet succesvol sluiten", "wachtend", "1 zeer laag", "2 laag", "3 normaal", "4 hoog",
        "5 zeer hoog", "vergrendeld", "niet vergrendeld", "tijdelijk_lock", "", "", "niet geclassificeerd"]),
    ("pt_BR", ["novo", "aberto", "fechado com êxito", "fechado sem êxito", "fechado", "removido", "agrupado",
        "lembrete de pendente", "pendente auto fechamento+", "pendente auto fechamento-", "pendente automático",
        "1 Muito Baixo", "2 Baixo", "3 Normal", "4 Alto", "5 Muito Alto", "bloqueado", "desbloqueado", "", "Marcado",
        "Desmarcado", "Não classificado"]),
    ("pt", ["novo", "aberto", "fechado com sucesso", "fechado sem sucesso", "fechado", "removido", "fundido",
        "pendente com lembrete", "pendente com fecho automático+", "pendente com fecho automático-",
        "pendente com fecho automático", "1 muito baixa", "2 baixa", "3 normal", "4 alta", "5 muito alta", "bloquear",
        "desbloquear", "", "", "", ""]),
    ("pl", ["nowe", "otwarte", "zamknięte z powodzeniem", "zamknięte bez powodzenia", "zamknięte", "usunięte",
        "scalone", "oczekujące przypomnienie", "oczekujące na automatyczne zamknięcie+",
        "oczekujące na automatyczne zamknięcie-", "oczekujące na automatyczne", "1 bardzo niski", "2 niski",
        "3 normalny", "4 wysoki", "5 bardzo wysoki", "zablokowane", "odblokowane", "", "Zaznaczone", "Niezaznaczone", "Niesklasyfikowane"]),
    ("sv", ["ny", "öppet", "Löst och stängt", "Olöst men stängt", "stängt", "borttagen", "sammanfogat",
        "väntar på påminnelse", "väntar på att stängas (löst)", "väntar på att stängas (olöst)", "väntar på auto",
        "1 mycket låg", "2 låg", "3 medium", "4 hög", "5 mycket hög", "låst", "upplåst", "", "", "", "Oklassificerad"]),
    ("da", ["ny", "åben", "Afsluttet", "Afsluttet uden løsning", "lukket", "fjernet", "samlet", "afventer påmindelse",
        "afventer autolukning+", "afventer autolukning-", "afventer auto", "1 meget lav", "2 lav", "3 normal",
        "4 høj", "5 meget høj", "tildelt", "fri", "", "Valgt", "Fravalgt", "Uklassificeret"]),
    ("ru", ["новая", "открыта", "закрыта успешно", "закрыта неуспешно", "закрыта", "удаленная", "объединенные",
        "ожидает напоминания", "ожидает автозакрытия(+)", "ожидает автозакрытия(-)", "ожидает автозакрытия",
        "1 very low - очень низкая", "2 low - низкая", "3 normal - нормальная", "4 high - высокая",
        "5 very high - очень высокая", "заблокировано", "разблокировано", "", "Отмечено", "Не отмечено", "Неклассифицировано"]),
];

/// The word in a language, or itself.
pub fn translated<'a>(language: &str, word: &'a str) -> &'a str {
    let at = WORDS.iter().position(|known| *known == word);
    let own = LANGUAGES.iter().find(|(known, _)| *known == language);
    match (at, own) {
        (Some(at), Some((_, words))) if !words[at].is_empty() => words[at],
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_stays() {
        assert_eq!(translated("de", "open"), "offen");
        assert_eq!(translated("en", "open"), "open");
        assert_eq!(translated("de", "waiting for spring"), "waiting for spring");
        assert_eq!(translated("de", "tmp_lock"), "tmp_lock");
    }
}
