package diagnostics

import (
	_ "embed"
	"fmt"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

//go:embed runtime-tuning.md
var runtimeTuningPage string

var runtimeTuning = &Rule{
	Code: "runtime-tuning", Severity: Hint, Page: runtimeTuningPage,
	code: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			var names []string
			for _, s := range runtimes.Settings() {
				if s.Crate == u.Crate {
					names = append(names, lastName(s.Method))
				}
			}
			if len(names) == 0 || u.Package.Broken() {
				continue
			}
			for _, m := range u.Calls(names) {
				for _, s := range runtimes.Settings() {
					if s.Crate == u.Crate && s.Method == m.Path {
						p.tuned(m, s)
					}
				}
			}
		}
	},
}

func lastName(path string) string { return path[strings.LastIndex(path, ":")+1:] }

// tuned judges one call of a method that sets something.
func (p *pass) tuned(m engine.MethodUse, s runtimes.Setting) {
	call, ok := m.Source.CallAt(rust.Span{Start: uint32(m.Place.Span.Start), End: uint32(m.Place.Span.End)})
	if !ok || len(call.Args) != 1 {
		return
	}
	argument := call.Args[0].Text().In(m.Source.Text)
	receiver := call.Receiver.Text().In(m.Source.Text)
	whole := text.Span{Start: m.Place.Span.Start, End: int(call.End)}
	switch {
	case s.Zero != "" && (argument == "0" || argument == "0usize" || argument == "0u32"):
		p.report(Diagnostic{
			Path: m.Place.Path, Span: whole, Severity: Error,
			Message: fmt.Sprintf("`%s` panics here: %s", lastName(s.Method), s.Zero),
			Label:   "0 is refused",
			Help:    []string{"leave the call out for the default"},
		})
	case s.Idle != "" && strings.Contains(receiver, lastName(s.Idle)+"("):
		d := Diagnostic{
			Path: m.Place.Path, Span: whole, Unnecessary: true,
			Message: fmt.Sprintf("`%s` does nothing after `%s`", lastName(s.Method), lastName(s.Idle)),
			Notes:   []string{"such a runtime runs everything on the thread that blocks on it"},
		}
		d.Fixes = []Fix{{
			Title: fmt.Sprintf("Remove `%s`", lastName(s.Method)), Safe: true,
			Edits: edits(m.Place.Path, []text.Edit{{Span: text.Span{Start: int(call.Receiver.End), End: int(call.End)}}}),
		}}
		p.report(d)
	}
}
