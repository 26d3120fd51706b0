// Package gates finds which features gate each public item of tokio, and writes copies of tokio whose gated items carry
// a deprecation note that names them. Compiling a crate against such a copy makes rustc itself report, type-resolved,
// each use of a gated item.
package gates

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"reactorls/testdata/oracle/crates"
)

// Prefix starts each note. After it comes the gate of the item, then ";", then that of what holds the item: of the type
// or trait of an associated item, of the module of another.
const Prefix = "FG:"

// Marked tells what the marked copy of a tokio version offers.
type Marked struct {
	// Public maps each public path, associated items included, to its gate.
	Public map[string]Gate
	// Methods maps the names of inherent methods that need more features than their type to the clauses they add.
	Methods map[string]Gate
}

// Features lists the features that gate something.
func (m Marked) Features() map[string]bool {
	out := map[string]bool{}
	for _, gate := range m.Public {
		for _, clause := range gate {
			for _, feature := range clause {
				out[feature] = true
			}
		}
	}
	return out
}

// Closure adds to the features those that they turn on, by a [features] table. Entries about dependencies are no
// features.
func Closure(table map[string][]string, features []string) map[string]bool {
	out := map[string]bool{}
	var add func([]string)
	add = func(features []string) {
		for _, f := range features {
			if _, ok := table[f]; ok && !out[f] {
				out[f] = true
				add(table[f])
			}
		}
	}
	add(features)
	return out
}

// entryGate is the gate of #[tokio::main] and #[tokio::test]. Without rt they exist, but only to report that rt is
// missing. What a flavor needs on top is reported by the code they expand to.
var entryGate = Gate{{"macros"}, {"rt"}}

// Mark reads the tokio source in tokio and its macros in macros, and writes the marked copies to the directories tokio
// and tokio-macros below out. The copy of tokio has all the given features on by default.
func Mark(tokio, macros, out string, config Config) (Marked, error) {
	var marked Marked
	to := filepath.Join(out, "tokio")
	if err := crates.Copy(tokio, to); err != nil {
		return marked, err
	}
	r := &reader{config: config, macros: map[string]wrapper{}}
	root, err := r.crate(to)
	if err != nil {
		return marked, err
	}
	marked.Public = reach(root, "tokio")
	for _, entry := range []string{"tokio::main", "tokio::test"} {
		marked.Public[entry] = entryGate
	}
	marked.Methods = map[string]Gate{}
	inserts := map[*file]map[int]string{}
	collect(root, inserts, marked.Methods)
	for _, f := range r.files {
		if err := f.write(inserts[f]); err != nil {
			return marked, err
		}
	}
	if err := allFeatures(filepath.Join(to, "Cargo.toml"), config.Features); err != nil {
		return marked, err
	}
	return marked, markMacros(macros, filepath.Join(out, "tokio-macros"))
}

// markable are the items on which rustc heeds a deprecation. On the others it is ignored or an error.
var markable = []string{"mod", "fn", "struct", "enum", "union", "trait", "type", "const", "static", "macro"}

// collect gathers the attributes to insert below an item, and the methods that need more than their type.
func collect(in *item, inserts map[*file]map[int]string, methods map[string]Gate) {
	for _, it := range in.items {
		if it.reached && len(it.needs) > 0 && slices.Contains(markable, it.kind) {
			if inserts[it.file] == nil {
				inserts[it.file] = map[int]string{}
			}
			holder := it.of
			if holder == nil {
				holder = module(it.parent)
			}
			inserts[it.file][it.insert] = attribute(it.needs, holder.needs)
			if extra := Beyond(it.needs, holder.needs); in.kind == "impl" && len(extra) > 0 {
				methods[it.name] = And(methods[it.name], extra)
			}
		}
		collect(it, inserts, methods)
	}
}

// Beyond lists the clauses of a gate that are not among those of another.
func Beyond(gate, base Gate) Gate {
	return slices.DeleteFunc(slices.Clone(gate), func(clause []string) bool {
		return slices.ContainsFunc(base, func(b []string) bool { return slices.Equal(b, clause) })
	})
}

func attribute(gate, holder Gate) string {
	return fmt.Sprintf("#[deprecated(note = \"%s%s;%s\")] ", Prefix, gate, holder)
}

// write puts the marks into a file and takes its own deprecations out.
func (f *file) write(inserts map[int]string) error {
	var b strings.Builder
	blanks := f.blank
	for i := 0; i < len(f.src); i++ {
		b.WriteString(inserts[i])
		if len(blanks) > 0 && i == blanks[0][0] {
			i = blanks[0][1] - 1
			blanks = blanks[1:]
			continue
		}
		b.WriteByte(f.src[i])
	}
	text := b.String()
	if filepath.Base(f.path) == "lib.rs" {
		text = "#![allow(warnings, useless_deprecated, undropped_manually_drops)]\n" + strings.ReplaceAll(text, "#![deny(", "#![allow(")
	}
	return os.WriteFile(f.path, []byte(text), 0o644)
}

var defaultFeatures = regexp.MustCompile(`(?m)^default = \[\]$`)

// allFeatures makes the features the default ones, so that one build of the copy serves crates with any features.
func allFeatures(manifest string, features map[string]bool) error {
	text, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	if !defaultFeatures.Match(text) {
		return errors.New("tokio's manifest has no line \"default = []\"")
	}
	var list []string
	for f := range features {
		list = append(list, `"`+f+`"`)
	}
	slices.Sort(list)
	text = defaultFeatures.ReplaceAll(text, []byte("default = ["+strings.Join(list, ", ")+"]"))
	return os.WriteFile(manifest, text, 0o644)
}

var entryMacro = regexp.MustCompile(`(?m)^pub fn (main|test)(_rt)?\(`)

func markMacros(from, to string) error {
	if err := crates.Copy(from, to); err != nil {
		return err
	}
	lib := filepath.Join(to, "src", "lib.rs")
	text, err := os.ReadFile(lib)
	if err != nil {
		return err
	}
	text = entryMacro.ReplaceAll(text, []byte(attribute(entryGate, nil)+"$0"))
	return os.WriteFile(lib, append([]byte("#![allow(warnings)]\n"), text...), 0o644)
}
