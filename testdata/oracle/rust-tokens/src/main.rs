//! Prints the tokens that rustc's own lexer sees in Rust files.
//!
//! Reads file paths from standard input, one a line, and writes text to standard output. For each file, in order:
//!
//! ```text
//! # PATH            the file was read; its tokens follow, one a line
//! ! PATH<TAB>WHY    the file could not be read, or is not UTF-8; no tokens follow
//! KIND START END    a token: a letter, and byte offsets in the file (END is the byte after it)
//! ```
//!
//! White space and plain comments are no tokens; doc comments are. A byte order mark and a shebang line are skipped, but
//! counted in the offsets. Kinds:
//!
//! ```text
//! I identifier or keyword    R raw identifier      L lifetime            l raw lifetime
//! C character                b byte                S string              B byte string      c C string
//! 1 raw string               2 raw byte string     3 raw C string
//! N integer                  F float               P one punctuation character
//! D doc comment              M frontmatter         U unknown
//! ```
//!
//! A literal's suffix belongs to it. A reserved prefix (`foo"…"`, `foo#`), which is an error in new editions, is an
//! identifier, as it is in old ones; likewise `#"` is the punctuation `#` before a string, and an identifier with emoji
//! in it is an identifier.

use std::fs;
use std::io::{self, BufRead, BufWriter, Write};

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang, tokenize};

fn main() -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    for path in io::stdin().lock().lines() {
        let path = path?;
        match fs::read_to_string(&path) {
            Ok(text) => {
                writeln!(out, "# {path}")?;
                write_tokens(&mut out, &text)?;
            }
            Err(why) => writeln!(out, "! {path}\t{why}")?,
        }
    }
    out.flush()
}

fn write_tokens(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    at += strip_shebang(&text[at..]).unwrap_or(0);
    let mut frontmatter = FrontmatterAllowed::Yes;
    'file: loop {
        for token in tokenize(&text[at..], frontmatter) {
            let end = at + token.len as usize;
            if token.kind == TokenKind::GuardedStrPrefix {
                writeln!(out, "P {at} {}", at + 1)?;
                at += 1;
                frontmatter = FrontmatterAllowed::No;
                continue 'file;
            }
            if let Some(kind) = letter(token.kind) {
                writeln!(out, "{kind} {at} {end}")?;
            }
            at = end;
        }
        return Ok(());
    }
}

/// The letter of a token, or `None` for what is no token here.
fn letter(kind: TokenKind) -> Option<char> {
    use TokenKind::*;
    Some(match kind {
        Whitespace | LineComment { doc_style: None } | BlockComment { doc_style: None, .. } | Eof => return None,
        LineComment { .. } | BlockComment { .. } => 'D',
        Frontmatter { .. } => 'M',
        Ident | InvalidIdent | UnknownPrefix => 'I',
        RawIdent | ForcedKeywordIdent => 'R',
        Lifetime { .. } | UnknownPrefixLifetime => 'L',
        RawLifetime => 'l',
        Literal { kind, .. } => match kind {
            LiteralKind::Int { .. } => 'N',
            LiteralKind::Float { .. } => 'F',
            LiteralKind::Char { .. } => 'C',
            LiteralKind::Byte { .. } => 'b',
            LiteralKind::Str { .. } => 'S',
            LiteralKind::ByteStr { .. } => 'B',
            LiteralKind::CStr { .. } => 'c',
            LiteralKind::RawStr { .. } => '1',
            LiteralKind::RawByteStr { .. } => '2',
            LiteralKind::RawCStr { .. } => '3',
        },
        Unknown => 'U',
        _ => 'P',
    })
}
