package runtimes

import (
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"reactorls/engine/cfg"
)

// Entry is an attribute macro that starts a runtime, such as #[tokio::main].
// What it names in the code that it makes depends on its arguments.
type Entry struct {
	Crate  string `toml:"crate"`
	Path   string `toml:"path"`
	Role   string `toml:"role"` // main, test, bench or task
	Source string `toml:"source"`
	// Uses are the items that it always names, by their paths in the crate.
	Uses []string `toml:"uses"`
	// Defaults are the values of arguments that are not written.
	Defaults  map[string]string   `toml:"defaults"`
	Arguments map[string]Argument `toml:"arguments"`
}

// Argument is one argument that an Entry takes.
type Argument struct {
	Uses    []string            `toml:"uses"`    // named when it is written
	Values  map[string][]string `toml:"values"`  // named for a value
	Renamed map[string]string   `toml:"renamed"` // values of old, and their names of today
	Only    map[string][]string `toml:"only"`    // values of other arguments that it asks for
	// Crate tells that the value says where the code finds the crate or what
	// else it runs on, so that it may name nothing of this one.
	Crate bool `toml:"crate"`
}

var entries = sync.OnceValue(func() []Entry {
	var file struct {
		Attribute []Entry `toml:"attribute"`
	}
	mustDecode("attributes.toml", &file)
	return file.Attribute
})

// mustDecode decodes embedded data; a test holds it to be well-formed.
func mustDecode(name string, to any) {
	text, err := data.ReadFile("data/" + name)
	if err == nil {
		err = toml.Unmarshal(text, to)
	}
	if err != nil {
		panic(name + ": " + err.Error())
	}
}

// FindEntry finds the attribute macro at a path of a package; nil when there
// is none or it is not known.
func FindEntry(pkg, path string) *Entry {
	all := entries()
	for i := range all {
		if all[i].Crate == pkg && all[i].Path == path {
			return &all[i]
		}
	}
	return nil
}

// OfTests reports whether the code that the macro makes is compiled with the
// tests alone.
func (e *Entry) OfTests() bool { return e.Role == "test" || e.Role == "bench" }

// CratePath is what the arguments say of where the code finds the crate, or of
// what else it runs on; false where they say nothing.
func (e *Entry) CratePath(arguments map[string]string) (path string, ok bool) {
	for name, value := range arguments {
		if e.Arguments[name].Crate {
			return value, true
		}
	}
	return "", false
}

// Names gives the items that the macro names under these arguments, given as
// they are written, without quotes, wherever it finds the crate.
func (e *Entry) Names(arguments map[string]string) []string {
	names := slices.Clone(e.Uses)
	written := map[string]string{}
	for name, value := range e.Defaults {
		written[name] = value
	}
	for name, value := range arguments {
		written[name] = value
		names = append(names, e.Arguments[name].Uses...)
	}
	for name, value := range written {
		names = append(names, e.Arguments[name].Values[value]...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ParseArguments reads what stands behind an attribute's path: name = value in
// a list, with or without its parentheses. Text that is no such list gives what
// could be read of it.
func ParseArguments(text string) map[string]string {
	arguments := map[string]string{}
	text = strings.TrimSpace(text)
	if inside, ok := strings.CutPrefix(text, "("); ok {
		text = strings.TrimSuffix(inside, ")")
	}
	for text != "" {
		name, rest, _ := strings.Cut(text, "=")
		value := ""
		rest = strings.TrimSpace(rest)
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			value, rest, _ = strings.Cut(quoted, `"`)
			_, text, _ = strings.Cut(rest, ",")
		} else {
			value, text, _ = strings.Cut(rest, ",")
		}
		if name = strings.TrimSpace(name); name != "" {
			arguments[name] = strings.TrimSpace(value)
		}
	}
	return arguments
}

// AttributeNeeds gives the features without which the code that an attribute
// macro makes does not compile, besides those of the macro itself. The path is
// that of the macro, the arguments are the text behind it.
func (k *Knowledge) AttributeNeeds(path, arguments string) []string {
	e := FindEntry(k.crate.Name, path)
	if e == nil {
		return nil
	}
	var features []string
	for _, name := range e.Names(ParseArguments(arguments)) {
		if i, ok := k.Item(name); ok && i.Certain {
			features = append(features, required(i.Gate)...)
		}
	}
	slices.Sort(features)
	return slices.Compact(features)
}

// EntryNeeds gives the features without which the attribute macro itself, or the
// code that it makes under these arguments, does not compile.
func (k *Knowledge) EntryNeeds(e *Entry, arguments string) []string {
	features := k.AttributeNeeds(e.Path, arguments)
	if i, ok := k.Item(e.Path); ok {
		features = append(features, required(i.Gate)...)
	}
	slices.Sort(features)
	return slices.Compact(features)
}

// Offers reports whether the version has all that the macro names under these
// arguments, without flags that the crate invents for itself.
func (k *Knowledge) Offers(e *Entry, arguments string) bool {
	return !slices.ContainsFunc(e.Names(ParseArguments(arguments)), func(name string) bool {
		i, ok := k.Item(name)
		return !ok || i.Gate.Simplify(stable).IsFalse()
	})
}

// required gives the features that a gate asks for in any case.
func required(e cfg.Expr) []string {
	switch {
	case e.Op == cfg.All:
		var features []string
		for _, a := range e.Args {
			features = append(features, required(a)...)
		}
		return features
	case e.Op == cfg.Atom && e.Name == "feature":
		return []string{e.Value}
	}
	return nil
}
