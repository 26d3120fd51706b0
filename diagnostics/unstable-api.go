package diagnostics

import (
	_ "embed"
	"fmt"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
)

//go:embed unstable-api.md
var unstableAPIPage string

var unstableAPI = &Rule{
	Code: "unstable-api", Severity: Warning, Page: unstableAPIPage,
	each: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			if u.Version == "" || u.Package.Broken() {
				continue
			}
			platform := p.graph().Platform(p.options.Platform)
			for _, n := range u.Unstable(platform) {
				p.report(unstable(u, n))
			}
			p.inert(u, platform)
		}
	},
}

// inert hints at features of an application that do nothing without a flag. Those
// of a library may be there for applications that set it.
func (p *pass) inert(u *engine.Use, platform *cargo.Platform) {
	if u.Package.Kind() != "app" {
		return
	}
	for _, e := range u.Normal.Entries {
		for _, f := range e.Dependency.Features {
			known := runtimes.FindInert(u.Crate, u.Version, f.Value)
			if known == nil || platform.Eval(cfg.Expr{Op: cfg.Atom, Name: known.Flag}) == cfg.Yes {
				continue
			}
			p.report(Diagnostic{
				Path: u.Package.File.Path, Span: f.Span, Severity: Hint,
				Message: fmt.Sprintf("`%s` of %s does nothing without `--cfg %s`, which no configuration of cargo here sets", f.Value, u.Crate, known.Flag),
				Notes:   []string{inEnvironment},
				Help:    []string{toSet([]string{known.Flag})},
			})
		}
	}
}

const inEnvironment = "RUSTFLAGS in the environment can set it as well; here it does not"

// toSet says how flags are set.
func toSet(flags []string) string {
	var words []string
	for _, f := range flags {
		words = append(words, fmt.Sprintf("\"--cfg\", %q", f))
	}
	return fmt.Sprintf("in .cargo/config.toml: [build] rustflags = [%s]", strings.Join(words, ", "))
}

// unstable says which flags an item waits for.
func unstable(u *engine.Use, n engine.Unstable) Diagnostic {
	var flags []string
	for _, f := range n.Flags {
		flags = append(flags, "--cfg "+f)
	}
	return Diagnostic{
		Path: n.Places[0].Path, Span: n.Places[0].Span,
		Message: fmt.Sprintf("`%s` is there only with `%s`, which no configuration of cargo here sets", n.Item, strings.Join(flags, " ")),
		Label:   "does not compile without it",
		Notes:   []string{fmt.Sprintf("%s %s keeps it unstable: it may change in any release", u.Crate, u.Version), inEnvironment},
		Help:    []string{toSet(n.Flags)},
		Related: related(n.Places[1:], "named here too"),
	}
}
