package lsp

import (
	"path/filepath"

	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"reactorls/diagnostics"
	"reactorls/engine"
)

// rulePages are the rules' pages as files, so that an editor can open the one
// behind a diagnostic's code without any network. They live in the user's cache
// directory; where that cannot be written there are none.
type rulePages struct{ dir string }

func (r *rulePages) write(wanted bool, log *zap.Logger) {
	if !wanted {
		return
	}
	pages := map[string]string{}
	for _, rule := range diagnostics.Rules {
		pages[rule.Code+".md"] = rule.Page
	}
	dir, err := engine.CacheFiles("rules", pages)
	if err != nil {
		log.Info("no pages for rules", zap.Error(err))
		return
	}
	r.dir = dir
}

// uri is where a rule's page is, if it could be written.
func (r *rulePages) uri(code string) (uri.URI, bool) {
	if r.dir == "" {
		return "", false
	}
	return uri.File(filepath.Join(r.dir, code+".md")), true
}
