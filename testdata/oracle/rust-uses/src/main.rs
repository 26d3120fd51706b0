//! Prints the imports, modules, paths, methods and attributes that syn, a full parser, sees in Rust files.
//!
//! Reads file paths from standard input, one a line, and writes text to standard output. For each file, in order:
//!
//! ```text
//! # PATH                       the file was parsed; its facts follow, one a line
//! ! PATH<TAB>WHY               the file could not be read or parsed; no facts follow
//! U START END PATH[ as NAME]   a leaf of a use tree; PATH ends in `*` for a glob, in `self` where the code says so
//! E START END CRATE[ as NAME]  extern crate
//! M START END NAME inline|file a module declaration
//! P START END PATH             a path in an expression, pattern, type, bound, trait impl or struct literal
//! Q START END PATH             the same after a `<T>` or `<T as Trait>`, whose own path is not part of it
//! C START END PATH             the path of a macro call
//! A START END PATH             the path of an attribute; a doc comment is none
//! N START END NAME             the name in a method call
//! ```
//!
//! START and END are byte offsets in the file, END being the byte after: of a path from its first segment to its last
//! without generic arguments there, of a use leaf its own name or `*`, of the others the name. Paths are segments joined
//! by `::`, without generic arguments, raw identifiers without `r#`, with `::` in front where the code has it. Facts
//! come in no particular order; a file may yield equal ones twice.
//!
//! What a macro call or an attribute holds is a heap of tokens to syn, so nothing inside is reported.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, BufWriter, Write};
use std::thread;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ExprMethodCall, ExprPath, Ident, ItemExternCrate, ItemMod, ItemUse, Macro, Path, TypePath, UseTree};

/// Enough stack for the deepest nesting that people and generators write.
const STACK: usize = 512 << 20;

fn main() -> io::Result<()> {
    thread::Builder::new().stack_size(STACK).spawn(run)?.join().expect("the thread does not panic")
}

fn run() -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    for path in io::stdin().lock().lines() {
        let path = path?;
        match facts(&path) {
            Ok(facts) => write!(out, "# {path}\n{facts}")?,
            Err(why) => writeln!(out, "! {path}\t{}", why.to_string().replace('\n', " "))?,
        }
        proc_macro2::extra::invalidate_current_thread_spans();
    }
    out.flush()
}

fn facts(path: &str) -> Result<String, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(path)?;
    let file = syn::parse_file(&text)?;
    let mut facts = Facts { skipped: skipped(&text, &file), out: String::new() };
    facts.visit_file(&file);
    Ok(facts.out)
}

/// The bytes that syn cuts off before it counts: a byte order mark and a shebang line.
fn skipped(text: &str, file: &syn::File) -> usize {
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    mark + file.shebang.as_ref().map_or(0, String::len)
}

struct Facts {
    skipped: usize,
    out: String,
}

impl Facts {
    fn fact(&mut self, kind: char, from: Span, to: Span, what: &str) {
        let start = from.byte_range().start + self.skipped;
        let end = to.byte_range().end + self.skipped;
        writeln!(self.out, "{kind} {start} {end} {what}").expect("a string takes all that is written to it");
    }

    fn path(&mut self, kind: char, path: &Path) {
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else { return };
        let mut text = String::from(if path.leading_colon.is_some() { "::" } else { "" });
        for (n, segment) in path.segments.iter().enumerate() {
            text += if n > 0 { "::" } else { "" };
            text += &name(&segment.ident);
        }
        self.fact(kind, first.ident.span(), last.ident.span(), &text);
    }

    /// Reports the leaves of a use tree; `prefix` is the path before it.
    fn leaves(&mut self, prefix: &str, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.leaves(&format!("{prefix}{}::", name(&path.ident)), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.leaves(prefix, item)),
            UseTree::Name(leaf) => {
                self.fact('U', leaf.ident.span(), leaf.ident.span(), &format!("{prefix}{}", name(&leaf.ident)));
            }
            UseTree::Rename(leaf) => {
                let text = format!("{prefix}{} as {}", name(&leaf.ident), name(&leaf.rename));
                self.fact('U', leaf.ident.span(), leaf.ident.span(), &text);
            }
            UseTree::Glob(glob) => self.fact('U', glob.span(), glob.span(), &format!("{prefix}*")),
        }
    }
}

/// An identifier without `r#`.
fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

impl<'ast> Visit<'ast> for Facts {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        item.attrs.iter().for_each(|a| self.visit_attribute(a));
        self.leaves(if item.leading_colon.is_some() { "::" } else { "" }, &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        item.attrs.iter().for_each(|a| self.visit_attribute(a));
        let mut text = name(&item.ident);
        if let Some((_, alias)) = &item.rename {
            text += &format!(" as {}", name(alias));
        }
        self.fact('E', item.ident.span(), item.ident.span(), &text);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let place = if item.content.is_some() { "inline" } else { "file" };
        self.fact('M', item.ident.span(), item.ident.span(), &format!("{} {place}", name(&item.ident)));
        visit::visit_item_mod(self, item);
    }

    fn visit_expr_path(&mut self, expr: &'ast ExprPath) {
        if let Some(qself) = &expr.qself {
            expr.attrs.iter().for_each(|a| self.visit_attribute(a));
            self.visit_qself(qself);
            self.path('Q', &expr.path);
            expr.path.segments.iter().for_each(|s| self.visit_path_segment(s));
            return;
        }
        visit::visit_expr_path(self, expr);
    }

    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        if let Some(qself) = &ty.qself {
            self.visit_qself(qself);
            self.path('Q', &ty.path);
            ty.path.segments.iter().for_each(|s| self.visit_path_segment(s));
            return;
        }
        visit::visit_type_path(self, ty);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.path('P', path);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.fact('N', call.method.span(), call.method.span(), &name(&call.method));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.path('C', &call.path);
    }

    /// A doc comment comes as an attribute `doc` whose span is the comment.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().span().byte_range().len() == "doc".len() || !attribute.path().is_ident("doc") {
            self.path('A', attribute.path());
        }
    }

    /// `pub(crate)` and `pub(in path)` name modules, but use nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}
