package diagnostics

import (
	_ "embed"
	"fmt"
)

//go:embed no-reactor.md
var noReactorPage string

var noReactor = &Rule{
	Code: "no-reactor", Severity: Error, Page: noReactorPage,
	run: func(p *pass) {
		for _, f := range p.failed() {
			p.reportFailure(f, fmt.Sprintf("it needs the context of a Tokio runtime, and `%s`, which runs it, gives none", f.executor()))
		}
	},
}
