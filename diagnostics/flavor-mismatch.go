package diagnostics

import _ "embed"

//go:embed flavor-mismatch.md
var flavorMismatchPage string

var flavorMismatch = &Rule{
	Code: "flavor-mismatch", Severity: Error, Page: flavorMismatchPage,
	run: func(p *pass) {
		for _, f := range p.failed() {
			p.reportFailure(f, "the runtime that runs it is of another flavor than it needs")
		}
	},
}
