package engine

import (
	"slices"
	"strconv"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// Entrypoint is an attribute that starts a runtime, such as #[tokio::main].
type Entrypoint struct {
	Place Place
	Entry *runtimes.Entry
	// Arguments is the text between its parentheses, ArgumentsSpan where that
	// is; both are empty without parentheses.
	Arguments     string
	ArgumentsSpan text.Span
}

// Entrypoints lists the attributes of the crate that start a runtime, where the
// host's build compiles them.
func (u *Use) Entrypoints() []Entrypoint { return u.entrypoints() }

func (u *Use) readEntrypoints() []Entrypoint {
	var es []Entrypoint
	src := u.src()
	anyTest := src.judge(nil, nil, true)
	for _, c := range src.crates {
		if c.pretended() {
			continue
		}
		for _, site := range c.sites {
			if site.Extern != u.Import() || site.Kind != rust.AttrRef || anyTest.Holds(site.Cond) == cfg.No {
				continue
			}
			item, ok := u.Know.Item(strings.Join(site.Path, "::"))
			if !ok {
				continue
			}
			if entry := runtimes.FindEntry(u.Crate, item.Path); entry != nil {
				es = append(es, Entrypoint{
					Place: u.place(site), Entry: entry,
					Arguments: strings.Clone(site.Args.Text().In(site.Unit.Source.Text)), ArgumentsSpan: site.Args.Text(),
				})
			}
		}
	}
	return es
}

// EntryFlavor is how a package's program starts this crate: the value of the flavor
// argument of its entry points, written or not, where all agree; "" otherwise.
func (u *Use) EntryFlavor() string {
	flavor := ""
	for _, e := range u.Entrypoints() {
		if e.Entry.Role != "main" {
			continue
		}
		f := e.Flavor()
		if flavor != "" && f != flavor {
			return ""
		}
		flavor = f
	}
	return flavor
}

// Argument is the value of one argument of the attribute, or its default, without
// quotes.
func (e *Entrypoint) Argument(name string) string {
	if written, ok := runtimes.ParseArguments(e.Arguments)[name]; ok {
		return written
	}
	return e.Entry.Defaults[name]
}

// Flavor is the scheduler that the attribute asks for, by its name of today.
func (e *Entrypoint) Flavor() string {
	f := e.Argument("flavor")
	if now, ok := e.Entry.Arguments["flavor"].Renamed[f]; ok {
		return now
	}
	return f
}

// AddArgument writes one more argument into the attribute.
func (e *Entrypoint) AddArgument(argument string) []text.Edit {
	at := e.ArgumentsSpan.End
	switch {
	case at == 0:
		at = e.Place.Span.End
		argument = "(" + argument + ")"
	case strings.TrimSpace(e.Arguments) != "":
		at = e.ArgumentsSpan.Start + len(strings.TrimRight(e.Arguments, " \t\r\n,"))
		argument = ", " + argument
	}
	return []text.Edit{{Span: text.Span{Start: at, End: at}, New: argument}}
}

// SetArgument gives an argument that is written another value, or takes it out
// where that is what the attribute takes for it anyway.
func (e *Entrypoint) SetArgument(name, value string) []text.Edit {
	start := strings.Index(e.Arguments, name)
	if start < 0 {
		return nil
	}
	open := start + strings.IndexByte(e.Arguments[start:], '"')
	end := open + 1 + strings.IndexByte(e.Arguments[open+1:], '"')
	if open < start || end <= open {
		return nil
	}
	if e.Entry.Defaults[name] == value && len(runtimes.ParseArguments(e.Arguments)) == 1 {
		return []text.Edit{{Span: text.Span{Start: e.ArgumentsSpan.Start - 1, End: e.ArgumentsSpan.End + 1}}}
	}
	at := text.Span{Start: e.ArgumentsSpan.Start + open, End: e.ArgumentsSpan.Start + end + 1}
	return []text.Edit{{Span: at, New: strconv.Quote(value)}}
}

// MayName reports whether the library or a binary may name one of the items, or
// something below it.
func (u *Use) MayName(items []string) bool {
	type named struct{ items string }
	return WorkedOut(&u.Worked, named{strings.Join(items, " ")}, func() bool { return u.mayName(items) })
}

func (u *Use) mayName(items []string) bool {
	src := u.src()
	anyNormal := src.judge(nil, nil, false)
	for _, c := range src.crates {
		if c.target.Kind != cargo.Lib && c.target.Kind != cargo.Bin {
			continue
		}
		for _, site := range c.sites {
			if site.Extern == u.Import() && slices.ContainsFunc(items, func(item string) bool { return below(site.Path, item) }) && anyNormal.Holds(site.Cond) != cfg.No {
				return true
			}
		}
	}
	return false
}
