package gates

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/testdata/oracle/tokens"
)

// An item is one declaration of the crate that the host compiles when all features are on.
type item struct {
	kind   string // the keyword: mod, fn, struct, enum, union, trait, type, const, static, macro, impl, use
	name   string // of an impl: the last segment of its self type; of a use: the name it binds, "*" for a glob
	public bool   // and, of a macro, exported; what the documentation hides is not public
	gate   Gate   // with the gates of everything around it, within its file and above
	file   *file
	insert int      // where in the file an attribute may be put
	path   []string // of a use: what it names
	parent *item    // module, impl or trait around it; nil for the crate root
	items  []*item  // of a module, trait or inherent impl

	// What reach finds out: whether other crates can name the item, at which paths, the gate of the easiest way, and
	// of an associated item the type or trait.
	reached bool
	paths   []string
	needs   Gate
	of      *item
}

// A file is a source file with the spans to blank and the texts to insert.
type file struct {
	path string
	toks []tokens.Token
	src  string
	// blank lists byte ranges of the file's own deprecated attributes, which would clash with the marks.
	blank [][2]int
}

// A reader walks a crate's module tree.
type reader struct {
	config Config
	// macros maps the names of the crate's macros that wrap items in #[cfg(…)] to the gate they put on them; a closed
	// one is absent from the host's build.
	macros map[string]wrapper
	files  []*file
}

type wrapper struct {
	gate  Gate
	holds bool
}

// open reads a file. No file may be two modules, since the marks of both would have to be written into it.
func (r *reader) open(path string) (*file, error) {
	for _, f := range r.files {
		if f.path == path {
			return nil, fmt.Errorf("%s is two modules", path)
		}
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, src: string(src), toks: tokens.Scan(string(src))}
	for i, t := range f.toks {
		if t.Is("[") && t.Mate > 0 && i > 0 && f.toks[i-1].Is("#") && f.toks[i+1].Is("deprecated") {
			f.blank = append(f.blank, [2]int{f.toks[i-1].Start, f.toks[t.Mate].End})
		}
	}
	r.files = append(r.files, f)
	return f, nil
}

// readWrappers collects the macros that have the shape
//
//	macro_rules! cfg_x { ($($item:item)*) => { $( #[cfg(…)] $item )* } }
//
// A wrapper whose body calls another one gets the gates of both.
func (r *reader) readWrappers(toks []tokens.Token) {
	for i := 0; i+3 < len(toks); i++ {
		if !toks[i].Is("macro_rules") || !toks[i+1].Is("!") || !strings.HasPrefix(toks[i+2].Text, "cfg_") {
			continue
		}
		w := wrapper{holds: true}
		body := toks[i+3]
		for j := i + 4; j < body.Mate; j++ {
			switch {
			case toks[j].Is("#") && toks[j+1].Is("[") && toks[j+2].Is("cfg"):
				gate, holds, _ := r.config.predicate(toks, j+4)
				w = wrapper{And(w.gate, gate), w.holds && holds}
			case toks[j+1].Is("!") && r.macros[toks[j].Text].gate != nil:
				inner := r.macros[toks[j].Text]
				w = wrapper{And(w.gate, inner.gate), w.holds && inner.holds}
			}
		}
		if toks[i+2].Text != "cfg_metrics_variant" {
			r.macros[toks[i+2].Text] = w
		}
		i = body.Mate
	}
}

// A scope is where the reader stands: the module, trait or impl, its gate, and where files of child modules are.
type scope struct {
	parent   *item
	gate     Gate
	dir      string
	exported bool // the macros in it are exported by a macro around them
}

// crate reads the tree below src/lib.rs.
func (r *reader) crate(dir string) (*item, error) {
	src := filepath.Join(dir, "src")
	wrappers, err := os.ReadFile(filepath.Join(src, "macros", "cfg.rs"))
	if err != nil {
		return nil, err
	}
	r.readWrappers(tokens.Scan(string(wrappers)))
	f, err := r.open(filepath.Join(src, "lib.rs"))
	if err != nil {
		return nil, err
	}
	root := &item{kind: "mod", file: f, public: true}
	return root, r.items(f, 0, len(f.toks), scope{root, nil, src, false})
}

// items reads the items between two tokens into the scope's parent.
func (r *reader) items(f *file, from, to int, in scope) error {
	for i := from; i < to; {
		next, err := r.item(f, i, to, in)
		if err != nil {
			return err
		}
		if next <= i {
			return fmt.Errorf("%s: no item at byte %d", f.path, f.toks[i].Start)
		}
		i = next
	}
	return nil
}

// item reads one item with its attributes and returns the token after it.
func (r *reader) item(f *file, i, to int, in scope) (int, error) {
	toks := f.toks
	gate, holds, file := in.gate, true, ""
	exported, hidden := in.exported, false
	for i < to && (toks[i].Kind == tokens.Doc || toks[i].Is("#")) {
		if toks[i].Kind == tokens.Doc {
			i++
			continue
		}
		open := i + 1
		if toks[open].Is("!") {
			open++
		}
		switch {
		case toks[open+1].Is("cfg"):
			g, h, _ := r.config.predicate(toks, open+3)
			gate, holds = And(gate, g), holds && h
		case toks[open+1].Is("path"):
			file = strings.Trim(toks[open+3].Text, `"`)
		case toks[open+1].Is("macro_export"):
			exported = true
		case toks[open+1].Is("doc") && toks[open+3].Is("hidden"):
			hidden = true
		}
		i = toks[open].Mate + 1
	}
	if i >= to {
		return to, nil
	}
	it := &item{file: f, insert: toks[i].Start, gate: gate, parent: in.parent}
	if toks[i].Is("pub") {
		i++
		it.public = true
		if toks[i].Is("(") {
			it.public = false
			i = toks[i].Mate + 1
		}
	}
	it.kind, i = keyword(toks, i)
	end := itemEnd(toks, i, to, it.kind)
	if !holds {
		return end, nil
	}
	switch it.kind {
	case "use":
		it.public = it.public && !hidden
		uses(toks, i, end-1, nil, it)
		return end, nil
	case "call":
		return end, r.call(f, i, end, scope{in.parent, gate, in.dir, false})
	case "impl":
		return end, r.impl(f, i, end, it, in)
	case "macro":
		it.name, it.public = toks[i].Name(), exported
	default:
		it.name = toks[i].Name()
	}
	it.public = it.public && !hidden
	in.parent.items = append(in.parent.items, it)
	switch {
	case it.kind == "mod":
		return end, r.module(f, i, it, file, in)
	case it.kind == "trait":
		body := openBrace(toks, i, end)
		return end, r.items(f, body+1, toks[body].Mate, scope{it, gate, in.dir, false})
	}
	return end, nil
}

// keyword finds what kind of item starts at toks[i], and the index of its name (of a use or an impl: of what follows).
func keyword(toks []tokens.Token, i int) (string, int) {
	for {
		t, after := toks[i], toks[min(i+1, len(toks)-1)]
		switch {
		case t.Is("macro_rules") && after.Is("!"):
			return "macro", i + 2
		case t.Is("const") && (after.Is("fn") || after.Is("unsafe") || after.Is("async") || after.Is("extern")),
			t.Is("async"), t.Is("default"), t.Is("unsafe"), t.Kind == tokens.Literal:
			i++
		case t.Is("extern") && after.Kind == tokens.Literal:
			i++
			if toks[i+1].Is("{") {
				return "extern", i + 1
			}
		case t.Is("extern"):
			return "extern", i + 1
		case t.Is("fn"), t.Is("struct"), t.Is("enum"), t.Is("union") && after.Kind == tokens.Ident, t.Is("trait"),
			t.Is("type"), t.Is("const"), t.Is("static"), t.Is("mod"), t.Is("use"), t.Is("impl"):
			return t.Text, i + 1
		default:
			return "call", i
		}
	}
}

// itemEnd is the token after an item: after its ';', or after its last brace.
func itemEnd(toks []tokens.Token, i, to int, kind string) int {
	semicolonOnly := kind == "const" || kind == "static" || kind == "type" || kind == "use"
	for ; i < to; i++ {
		t := toks[i]
		switch {
		case t.Is(";"):
			return i + 1
		case t.Is("{") && !semicolonOnly:
			return t.Mate + 1
		case t.Kind == tokens.Open && t.Mate > 0:
			i = t.Mate
		}
	}
	return to
}

// openBrace is the first brace from toks[i] on that is not inside other delimiters.
func openBrace(toks []tokens.Token, i, end int) int {
	for ; i < end && !toks[i].Is("{"); i++ {
		if toks[i].Kind == tokens.Open {
			i = toks[i].Mate
		}
	}
	return i
}

// module reads a module's body, or its file.
func (r *reader) module(f *file, name int, it *item, path string, in scope) error {
	toks := f.toks
	dir := filepath.Join(in.dir, it.name)
	if toks[name+1].Is("{") {
		return r.items(f, name+2, toks[name+1].Mate, scope{it, it.gate, dir, false})
	}
	candidates := []string{dir + ".rs", filepath.Join(dir, "mod.rs")}
	if path != "" {
		candidates = []string{filepath.Join(filepath.Dir(f.path), path)}
		dir = filepath.Dir(candidates[0])
	}
	for _, c := range candidates {
		if _, err := os.Stat(c); err != nil {
			continue
		}
		child, err := r.open(c)
		if err != nil {
			return err
		}
		gate, holds := r.innerGate(child)
		if !holds {
			in.parent.items = slices.DeleteFunc(in.parent.items, func(other *item) bool { return other == it })
			return nil
		}
		it.gate = And(it.gate, gate)
		return r.items(child, 0, len(child.toks), scope{it, it.gate, dir, false})
	}
	return fmt.Errorf("%s: no file for module %s", f.path, it.name)
}

// innerGate evaluates the #![cfg(…)] attributes at the head of a module's file.
func (r *reader) innerGate(f *file) (gate Gate, holds bool) {
	toks := f.toks
	holds = true
	for i := 0; i+3 < len(toks); i++ {
		switch {
		case toks[i].Kind == tokens.Doc:
			continue
		case !toks[i].Is("#") || !toks[i+1].Is("!"):
			return gate, holds
		case toks[i+3].Is("cfg"):
			g, h, _ := r.config.predicate(toks, i+5)
			gate, holds = And(gate, g), holds && h
		}
		i = toks[i+2].Mate
	}
	return gate, holds
}

// impl reads the body of an inherent impl. Trait impls hold nothing that can be marked.
func (r *reader) impl(f *file, i, end int, it *item, in scope) error {
	toks := f.toks
	body := openBrace(toks, i, end)
	depth := 0
	for ; i < body && !toks[i].Is("where"); i++ {
		switch {
		case toks[i].Is("<"):
			depth++
		case toks[i].Is(">") && !toks[i-1].Is("-") && !toks[i-1].Is("="):
			depth--
		case toks[i].Is("for") && depth == 0:
			return nil
		case toks[i].Kind == tokens.Ident && depth == 0:
			it.name = toks[i].Name()
		}
	}
	in.parent.items = append(in.parent.items, it)
	return r.items(f, body+1, toks[body].Mate, scope{it, it.gate, in.dir, false})
}

// call reads the items that a macro call wraps: the crate's own cfg_x! macros, feature!, and macros that pass items on.
// Other macro calls declare nothing that the crate's users can name.
func (r *reader) call(f *file, i, end int, in scope) error {
	toks := f.toks
	bang := i
	for bang < end && !toks[bang].Is("!") {
		bang++
	}
	if bang+1 >= end || !toks[bang+1].Is("{") {
		return nil
	}
	open, name := bang+1, toks[bang-1].Text
	if w, ok := r.macros[name]; ok {
		if !w.holds {
			return nil
		}
		in.gate = And(in.gate, w.gate)
		return r.items(f, open+1, toks[open].Mate, in)
	}
	switch name {
	case "pin_project":
		return r.items(f, open+1, toks[open].Mate, in)
	case "doc":
		in.exported = true
		return r.items(f, open+1, toks[open].Mate, in)
	case "cfg_metrics_variant": // stable: { … }, unstable: { … }
		return r.items(f, open+4, toks[open+3].Mate, in)
	case "feature": // #![PREDICATE] items
		gate, holds, _ := r.config.predicate(toks, open+4)
		if !holds {
			return nil
		}
		in.gate = And(in.gate, gate)
		return r.items(f, toks[open+3].Mate+1, toks[open].Mate, in)
	}
	return nil
}

// uses adds one item for each leaf of a use tree; prefix is the path before toks[i].
func uses(toks []tokens.Token, i, end int, prefix []string, decl *item) {
	path := prefix
	name := ""
	for ; i < end; i++ {
		switch t := toks[i]; {
		case t.Is("{"):
			start := i + 1
			for j := start; j <= t.Mate; j++ {
				if toks[j].Is("{") {
					j = toks[j].Mate
				} else if toks[j].Is(",") || j == t.Mate {
					if j > start {
						uses(toks, start, j, path, decl)
					}
					start = j + 1
				}
			}
			return
		case t.Is("as"):
			name = toks[i+1].Name()
			i++
		case t.Is("self") && len(path) > 0:
		case t.Is("*"):
			name = "*"
		case t.Kind == tokens.Ident:
			path = append(path[:len(path):len(path)], t.Name())
		}
	}
	if len(path) == 0 {
		return
	}
	if name == "" {
		name = path[len(path)-1]
	}
	leaf := *decl
	leaf.name, leaf.path = name, path
	decl.parent.items = append(decl.parent.items, &leaf)
}
