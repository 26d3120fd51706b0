package lsp

import (
	"fmt"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// codeAt explains the item of a runtime that a place in Rust names.
func (s *server) codeAt(out *page, v view, f *engine.File, offset int) text.Span {
	pkg := v.workspace.PackageOf(f.Path)
	if pkg == nil {
		return text.Span{}
	}
	m, ok := v.snapshot.MentionAt(pkg, v.options.Selection, f.Path, offset)
	if !ok {
		return text.Span{}
	}
	idiom := runtimes.FindIdiom(m.Crate, m.Path)
	if idiom == nil {
		return text.Span{}
	}
	version := ""
	if u := v.useOf(pkg, m.Import); u != nil {
		if u.Know.Vague() {
			return text.Span{} // of another series, where it may do something else
		}
		version = " " + u.Version
	}
	out.write("**`%s`** · %s%s\n\n%s\n", title(m), m.Crate, version, idiom.Does)
	if m.Kind == rust.AttrRef {
		if here := startedText(entryOf(m)); here != "" {
			out.write("\nHere: %s.\n", here)
		}
	}
	if others := idiom.Counterparts(); len(others) > 0 {
		out.write("\nElsewhere:\n\n")
		for _, o := range others {
			out.write("- %s: `%s` – %s\n", o.Crate, o.Code, o.Brief)
		}
	}
	out.write("\nSource: %s.\n", idiom.Source)
	return m.Place.Span
}

// title is a mention as code shows it.
func title(m engine.Mention) string {
	name := m.Import + "::" + m.Path
	if m.Kind == rust.AttrRef {
		return "#[" + name + "]"
	}
	return name
}

// entryOf is the entry point that an attribute is; one without an Entry when it is
// none.
func entryOf(m engine.Mention) engine.Entrypoint {
	return engine.Entrypoint{Place: m.Place, Entry: runtimes.FindEntry(m.Crate, m.Path), Arguments: m.Arguments}
}

// startedText says which runtime an entry point starts: its scheduler and how many
// workers, as far as the code decides it; "" where nothing is known.
func startedText(e engine.Entrypoint) string {
	if e.Entry == nil || e.Entry.Role != "main" && e.Entry.Role != "test" {
		return ""
	}
	card := cardOf(e.Entry.Crate, e.Flavor())
	if card == nil {
		return ""
	}
	switch workers := e.Argument("worker_threads"); {
	case !card.Parallel && e.Entry.Defaults["flavor"] == "":
		return "" // no scheduler to choose, nothing to count
	case !card.Parallel:
		return strings.ReplaceAll(e.Flavor(), "_", "-") + " · 1 thread"
	case workers != "":
		return schedulerName(e) + fmt.Sprintf("%s workers", workers)
	default:
		return schedulerName(e) + "workers: " + card.Workers.Is + setBy(card)
	}
}

func schedulerName(e engine.Entrypoint) string {
	if f := e.Flavor(); f != "" {
		return strings.ReplaceAll(f, "_", "-") + " · "
	}
	return ""
}

func setBy(c *runtimes.Card) string {
	if c.Env.Is == "none" {
		return ""
	}
	name, _, _ := strings.Cut(c.Env.Is, ";")
	return ", or " + plain(name)
}

// cardOf is the card of a crate that a flavor of its entry points means, the first
// where it has none.
func cardOf(crate, flavor string) *runtimes.Card {
	cards := runtimes.CardsOf(crate)
	for _, c := range cards {
		if flavor != "" && c.Flavor == flavor {
			return c
		}
	}
	if len(cards) == 0 || flavor != "" {
		return nil
	}
	return cards[0]
}
