//go:build oracle

package rust

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"reactorls/testdata/oracle/crates"
)

// TestAgainstCompiler holds Lex against rustc's lexer and Parse against syn on the
// sources of published crates and of all that they depend on. What may differ, and
// why, stands in testdata/oracle/differences.txt. ORACLE_FILES says how many files
// are taken, 0 for all.
func TestAgainstCompiler(t *testing.T) {
	cache, err := crates.Cache()
	if err != nil {
		t.Fatal(err)
	}
	unpacked := filepath.Join(cache, "src")
	files := oracleFiles(t, unpacked)
	c := comparison{t: t, unpacked: unpacked, explained: readDifferences(t), counts: map[string]int{}, seen: map[string]bool{}}
	lexed, stop := iter.Pull(oracle(t, "rust-tokens", files))
	defer stop()
	for parsed := range oracle(t, "rust-uses", files) {
		tokens, ok := lexed()
		if !ok || tokens.path != parsed.path {
			t.Fatalf("rust-tokens tells of %s where rust-uses tells of %s", tokens.path, parsed.path)
		}
		c.file(tokens, parsed)
	}
	c.stale()
	t.Logf("%d files: %d tokens; %d not valid for syn; %d use leaves, %d modules, %d paths, %d method calls, %d macro calls, %d attributes",
		c.files, c.tokens, c.invalid, c.counts["use"], c.counts["mod"], c.counts["path"]+c.counts["bare"], c.counts["method"], c.counts["macro"], c.counts["attribute"])
	t.Logf("%d differences, %d of them explained", c.differences, c.differences-c.unexplained)
}

// oracleFiles is the list of files as the oracle programs read it. The crates are
// unpacked into a directory.
func oracleFiles(t *testing.T, unpacked string) []byte {
	root, err := crates.Root()
	if err != nil {
		t.Fatal(err)
	}
	list, err := crates.List()
	if err != nil {
		t.Fatal(err)
	}
	most := cmp.Or(os.Getenv("ORACLE_FILES"), "6000")
	cmd := exec.Command("go", "run", "./testdata/oracle/sources", "-list", list, "-dir", unpacked, "-most", most)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// block is what an oracle program tells of one file.
type block struct {
	path    string
	invalid bool
	lines   []string
}

// oracle runs one of the Rust programs on the files.
func oracle(t *testing.T, program string, files []byte) iter.Seq[block] {
	cmd := exec.Command("cargo", "run", "--quiet", "--release", "--locked", "--manifest-path", "../../testdata/oracle/"+program+"/Cargo.toml")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(files), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func(yield func(block) bool) {
		var b block
		for in := bufio.NewReaderSize(out, 1<<20); ; {
			line, err := in.ReadString('\n')
			line = strings.TrimSuffix(line, "\n")
			valid := strings.HasPrefix(line, "# ")
			if !valid && !strings.HasPrefix(line, "! ") && err == nil {
				b.lines = append(b.lines, line)
				continue
			}
			if b.path != "" && !yield(b) {
				return
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			path, _, _ := strings.Cut(line[2:], "\t")
			b = block{path: path, invalid: !valid}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%s: %v", program, err)
		}
	}
}

// comparison sums up the files.
type comparison struct {
	t         *testing.T
	unpacked  string              // where the listed crates are
	explained map[difference]*int // how often each was seen
	seen      map[string]bool     // the files

	files, invalid, tokens   int
	counts                   map[string]int // of syn's facts, by kind
	differences, unexplained int
}

// difference is one line of differences.txt: its kind, and the file by package.
type difference struct{ kind, file string }

// readDifferences reads lines of the form
//
//	missing|extra KIND FILE
//
// where KIND is that of a fact, or token, and a comment above says why.
func readDifferences(t *testing.T) map[difference]*int {
	data, err := os.ReadFile("../../testdata/oracle/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[difference]*int{}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			t.Fatalf("differences.txt: %s", line)
		}
		all[difference{words[0] + " " + words[1], words[2]}] = new(int)
	}
	return all
}

// differ notes a difference at a place of a file.
func (c *comparison) differ(kind, file, src string, at int, what string) {
	c.differences++
	if n := c.explained[difference{kind, file}]; n != nil {
		*n++
		return
	}
	c.unexplained++
	line := 1 + strings.Count(src[:at], "\n")
	c.t.Errorf("%s %s: line %d: %s", kind, file, line, what)
}

// stale reports explanations that explain nothing.
func (c *comparison) stale() {
	for d, n := range c.explained {
		if *n == 0 && c.seen[d.file] {
			c.t.Errorf("differences.txt: there is no %s %s", d.kind, d.file)
		}
	}
}

func (c *comparison) file(lexed, parsed block) {
	data, err := os.ReadFile(parsed.path)
	if err != nil {
		c.t.Fatal(err)
	}
	src, name := string(data), c.packagePath(parsed.path)
	c.seen[name] = true
	c.files++
	if lexed.invalid {
		return // no UTF-8
	}
	theirs := c.lex(name, src, lexed.lines)
	if parsed.invalid {
		c.invalid++
		return
	}
	c.facts(name, src, theirs, parsed.lines)
}

// packagePath is a file's path from the directory above its package's.
func (c *comparison) packagePath(path string) string {
	if rel, err := filepath.Rel(c.unpacked, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	_, rest, _ := strings.Cut(filepath.ToSlash(path), "/registry/src/")
	_, rest, _ = strings.Cut(rest, "/") // the registry's name
	return rest
}

// kinds are the letters by which rust-tokens calls the kinds of tokens.
var kinds = map[string]Kind{
	"I": Ident, "R": RawIdent, "L": Lifetime, "l": RawLifetime, "C": Char, "b": Byte, "S": Str, "B": ByteStr, "c": CStr,
	"1": RawStr, "2": RawByteStr, "3": RawCStr, "N": Int, "F": Float, "P": Punct, "D": Doc, "M": Frontmatter, "U": Unknown,
}

// lex compares the tokens and returns rustc's.
func (c *comparison) lex(name, src string, lines []string) []Token {
	theirs := make([]Token, len(lines))
	for i, line := range lines {
		kind, span, _ := strings.Cut(line, " ")
		start, end, _ := strings.Cut(span, " ")
		theirs[i] = Token{c.offset(start), c.offset(end), kinds[kind]}
	}
	c.tokens += len(theirs)
	ours, _ := Lex(src, nil)
	for i := range max(len(ours), len(theirs)) {
		switch {
		case i >= len(ours):
			c.differ("missing token", name, src, int(theirs[i].Start), fmt.Sprint(theirs[i]))
			return theirs
		case i >= len(theirs):
			c.differ("extra token", name, src, int(ours[i].Start), fmt.Sprint(ours[i]))
			return theirs
		case ours[i] != theirs[i]:
			c.differ("missing token", name, src, int(theirs[i].Start), fmt.Sprintf("ours is %v, rustc's %v", ours[i], theirs[i]))
			return theirs // all behind it may slip
		}
	}
	return theirs
}

func (c *comparison) offset(s string) uint32 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		c.t.Fatal(err)
	}
	return uint32(n)
}

// fact is something that both say of a file. At is where a use leaf ends, and
// where all else starts.
type fact struct {
	kind string
	at   uint32
	what string
}

// facts compares what Parse says with what syn does. What we alone see must stand
// inside a macro call or an attribute, where syn sees but tokens.
func (c *comparison) facts(name, src string, toks []Token, lines []string) {
	s := Parse(src)
	ours := s.facts()
	theirs := c.readSyn(s, toks, lines)
	for f := range theirs.must {
		c.counts[f.kind]++
	}
	for _, f := range inOrder(theirs.must) {
		if !ours[f] {
			c.differ("missing "+f.kind, name, src, int(f.at), f.what)
		}
	}
	for _, f := range inOrder(ours) {
		if f.kind != "bare" && !theirs.allows(f) {
			c.differ("extra "+f.kind, name, src, int(f.at), f.what)
		}
	}
}

func inOrder(facts map[fact]bool) []fact {
	return slices.SortedFunc(maps.Keys(facts), func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.what, b.what))
	})
}

// facts are those that syn can tell too, in one form.
func (s *Source) facts() map[fact]bool {
	facts := map[fact]bool{}
	for _, r := range s.Refs {
		what := strings.Join(r.Segs, "::")
		if r.Global {
			what = "::" + what
		}
		switch r.Kind {
		case UseRef:
			if r.Name >= 0 {
				what = renamed(what, s.Names[r.Name].Name)
			}
			facts[fact{"use", r.End, what}] = true
		case GlobRef:
			facts[fact{"use", r.End, what + "::*"}] = true
		case MacroRef:
			facts[fact{"macro", r.Start, what}] = true
		case AttrRef:
			facts[fact{"attribute", r.Start, what}] = true
		case PathRef:
			facts[fact{"path", r.Start, what}] = true
		}
	}
	for _, m := range s.Mods {
		place := " inline"
		if m.Body < 0 {
			place = " file"
		}
		facts[fact{"mod", m.Span.Start, m.Name + place}] = true
	}
	for _, m := range s.Methods {
		facts[fact{"method", m.Start, strings.TrimPrefix(m.Text().In(s.Text), "r#")}] = true
	}
	for _, b := range s.Bare {
		facts[fact{"bare", b.Start, strings.TrimPrefix(b.Text().In(s.Text), "r#")}] = true
	}
	return facts
}

// renamed is an import as written, without an alias that changes nothing.
func renamed(path, name string) string {
	if name == "_" || name == path[strings.LastIndex(path, ":")+1:] {
		return path
	}
	return path + " as " + name
}

// synFacts are what syn says of a file.
type synFacts struct {
	must    map[fact]bool
	paths   map[fact]bool   // all, those in <…>::name too
	members map[string]bool // ::name behind a <Type>
	opaque  []Span          // where syn sees but tokens
}

// allows reports whether Parse may say f.
func (s synFacts) allows(f fact) bool {
	if s.must[f] || s.paths[f] || slices.ContainsFunc(s.opaque, func(o Span) bool { return o.Start <= f.at && f.at <= o.End }) {
		return true
	}
	for cut := range f.what { // <Type>::name are two things to syn
		if f.what[cut] == ':' && s.members[f.what[cut:]] && s.paths[fact{f.kind, f.at, f.what[:cut]}] {
			return true
		}
	}
	return false
}

// readSyn reads the lines of rust-uses.
func (c *comparison) readSyn(s *Source, toks []Token, lines []string) synFacts {
	syn := synFacts{must: map[fact]bool{}, paths: map[fact]bool{}, members: map[string]bool{}}
	globs := slices.ContainsFunc(s.Refs, func(r Ref) bool { return r.Kind == GlobRef })
	for _, line := range lines {
		words := strings.SplitN(line, " ", 4)
		start, end, what := c.offset(words[1]), c.offset(words[2]), words[3]
		path, alias, aliased := strings.Cut(what, " as ")
		switch words[0] {
		case "U":
			if p, ok := strings.CutSuffix(path, "::self"); ok && p != "" {
				path = p
			}
			if path == "*" || path == "::*" { // in the 2015 edition
				path = "crate::*"
			}
			if aliased {
				path = renamed(path, alias)
			}
			syn.must[fact{"use", end, path}] = true
		case "E":
			if path == "self" {
				path = "crate"
			} else {
				path = "::" + path
			}
			if aliased {
				path = renamed(path, alias)
			}
			syn.must[fact{"use", end, path}] = true
		case "M":
			syn.must[fact{"mod", start, what}] = true
		case "N":
			syn.must[fact{"method", start, what}] = true
		case "P":
			syn.paths[fact{"path", start, what}] = true
			switch {
			case strings.Contains(what, "::"):
				syn.must[fact{"path", start, what}] = true
			case globs && what != "self" && what != "Self" && !variable(s.Text, toks, start): // without, only the file's own names can be meant
				syn.must[fact{"bare", start, what}] = true
			}
		case "Q":
			if strings.HasPrefix(what, "::") && word(s.Text, toks, start, -3) == ">" {
				syn.members[what] = true
				break
			}
			syn.must[fact{"path", start, what}] = true
			for cut := strings.LastIndex(what, "::"); cut > 0; cut = strings.LastIndex(what[:cut], "::") {
				syn.paths[fact{"path", start, what[:cut]}] = true // the trait
			}
		case "C":
			syn.opaque = append(syn.opaque, heap(s.Text, toks, end))
			if what != "macro_rules" { // a definition, no mention
				syn.must[fact{"macro", start, what}] = true
			}
		case "A":
			syn.opaque = append(syn.opaque, heap(s.Text, toks, end))
			if !builtIn[what] {
				syn.must[fact{"attribute", start, what}] = true
			}
		}
	}
	for i, t := range toks { // pub(in path) is left out by rust-uses
		if t.Kind == Ident && s.Text[t.Start:t.End] == "in" && i > 1 && s.Text[toks[i-2].Start:toks[i-2].End] == "pub" {
			syn.opaque = append(syn.opaque, heap(s.Text, toks, t.End))
		}
	}
	return syn
}

// builtIn are the attributes that are never mentions.
var builtIn = set("cfg cfg_attr path macro_use macro_export doc allow warn deny forbid expect inline repr must_use deprecated feature non_exhaustive cold track_caller automatically_derived ignore should_panic")

// word is the text of the nth token from the one at the offset on.
func word(src string, toks []Token, at uint32, n int) string {
	i, _ := slices.BinarySearchFunc(toks, at, func(t Token, at uint32) int { return cmp.Compare(t.Start, at) })
	if i += n; i < 0 || i >= len(toks) {
		return ""
	}
	return src[toks[i].Start:toks[i].End]
}

// variable reports whether a name is taken for a variable, or a field: one in
// small letters behind mut, or in front of a colon.
func variable(src string, toks []Token, at uint32) bool {
	c := src[at]
	small := c >= 'a' && c <= 'z' || c == '_'
	return small && (word(src, toks, at, -1) == "mut" || word(src, toks, at, 1) == ":") && word(src, toks, at, 1) != "("
}

// heap covers what follows the path of a macro call or attribute that ends at
// from: to the partner of the first bracket, or the one that closes around it.
func heap(src string, toks []Token, from uint32) Span {
	i, _ := slices.BinarySearchFunc(toks, from, func(t Token, at uint32) int { return cmp.Compare(t.Start, at) })
	depth := 0
	for ; i < len(toks); i++ {
		if toks[i].Kind != Punct {
			continue
		}
		switch src[toks[i].Start] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth <= 0 {
				return Span{from, toks[i].End}
			}
		}
	}
	return Span{from, uint32(len(src))}
}
