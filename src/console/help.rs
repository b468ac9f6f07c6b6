//! `Help`, `List`, `Search`, and the usage of each command.

use super::{Argument, Command, CommandOption, Given, Kind, Output, Program, Run, commands, find};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Help",
        about: "Show how a command is used, or which commands have such a name.",
        options: &[],
        arguments: &[Argument::required(
            "command",
            "The command, or a part of its name.",
        )],
        run: Run::Alone(help),
    },
    Command {
        name: "List",
        about: "Show every command.",
        options: &[],
        arguments: &[],
        run: Run::Alone(list),
    },
    Command {
        name: "Search",
        about: "Find commands.",
        options: &[],
        arguments: &[Argument::required(
            "searchterm",
            "A part of the name or of the description.",
        )],
        run: Run::Alone(search),
    },
];

/// What every command takes.
const GLOBAL: [(&str, &str); 3] = [
    ("[--help]", "Show how this command is used."),
    ("[--no-ansi]", "Do not colour the output."),
    ("[--quiet]", "Say nothing but what went wrong."),
];

fn help(program: &Program, given: &Given, out: &mut Output) {
    let name = given.argument_at(0).unwrap_or_default();
    match find(name) {
        Some(command) => out.print(&usage(program, command)),
        None => show_found(name, out),
    }
}

fn list(program: &Program, _: &Given, out: &mut Output) {
    out.say(&overview(program));
    out.say(&table(&commands().collect::<Vec<_>>(), 0));
}

fn search(_: &Program, given: &Given, out: &mut Output) {
    show_found(given.argument_at(0).unwrap_or_default(), out);
}

fn show_found(term: &str, out: &mut Output) {
    out.say(&format!("Searching for commands similar to '{term}'..."));
    let found = similar(term);
    if found.is_empty() {
        out.say("No commands found.");
    } else {
        out.say(&table(&found, 40));
    }
}

/// The commands that somebody may have meant who typed a name that no command has: those of a similar name, or all.
pub(super) fn list_similar(program: &Program, name: &str, out: &mut Output) {
    out.print(&overview(program));
    let last = name.rsplit("::").find(|part| !part.is_empty());
    let mut found = similar(name);
    if found.is_empty() {
        found = similar(last.unwrap_or(name));
    }
    if found.is_empty() {
        found = commands().collect();
    }
    out.print(&table(&found, 40));
}

fn similar(term: &str) -> Vec<&'static Command> {
    let term = term.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&term);
    commands()
        .filter(|command| has(command.name) || has(command.about))
        .collect()
}

fn overview(program: &Program) -> String {
    let global = GLOBAL.map(|(name, about)| line(name, 40, about));
    format!(
        "Otterdesk ({})\n\nUsage:\n {} command [options] [arguments]\n\nOptions:\n{}\nAvailable commands:",
        env!("CARGO_PKG_VERSION"),
        program.name,
        global.concat()
    )
}

fn line(name: &str, width: usize, about: &str) -> String {
    format!(" {name:<width$} - {about}\n")
}

/// Names and descriptions, under the part that the names begin with.
fn table(commands: &[&Command], width: usize) -> String {
    let longest = commands.iter().map(|command| command.name.len()).max();
    let width = width.max(longest.unwrap_or_default());
    let mut lines = Vec::new();
    let mut part = "";
    for command in commands {
        if let Some((first, _)) = command.name.split_once("::")
            && first != part
        {
            part = first;
            lines.push(part.to_owned());
        }
        lines.push(format!(" {:<width$} - {}", command.name, command.about));
    }
    lines.join("\n")
}

/// How a command is used, in the form that the reference system has.
pub(super) fn usage(program: &Program, command: &Command) -> String {
    let words: Vec<String> = command
        .options
        .iter()
        .map(option_word)
        .chain(command.arguments.iter().map(argument_word))
        .collect();
    let head = format!("{} {} {}", program.name, command.name, words.join(" "));
    let mut text = format!(
        "{}\n\nUsage:\n {}\n\nOptions:\n",
        command.about,
        head.trim_end()
    );
    let options = command
        .options
        .iter()
        .map(|option| (option_word(option), option.about));
    let global = GLOBAL.map(|(name, about)| (name.to_owned(), about));
    let lines: Vec<String> = options
        .chain(global)
        .map(|(word, about)| line(&word, 30, about))
        .collect();
    text.push_str(&lines.concat());
    if !command.arguments.is_empty() {
        let arguments = command.arguments.iter();
        let lines: Vec<String> = arguments
            .map(|argument| line(&argument_word(argument), 30, argument.about))
            .collect();
        text.push_str("\nArguments:\n");
        text.push_str(&lines.concat());
    }
    text
}

fn option_word(option: &CommandOption) -> String {
    let name = option.name;
    let word = match option.kind {
        Kind::Flag => format!("--{name}"),
        Kind::Value(_) => format!("--{name} ..."),
        Kind::Values(_) => format!("--{name} ... (--{name} ...)"),
    };
    optional(word, option.required)
}

fn argument_word(argument: &Argument) -> String {
    optional(argument.name.to_owned(), argument.required)
}

fn optional(word: String, required: bool) -> String {
    if required { word } else { format!("[{word}]") }
}
