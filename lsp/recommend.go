package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/engine"
	"reactorls/engine/advise"
	"reactorls/engine/text"
)

// given are the answers in a command's argument: a string, a number or a list of them
// for each question.
type given map[string][]string

// UnmarshalJSON takes single values as lists of one.
func (g *given) UnmarshalJSON(raw []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return err
	}
	*g = given{}
	for id, value := range values {
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			list = []json.RawMessage{value}
		}
		(*g)[id] = []string{}
		for _, v := range list {
			var s string
			if json.Unmarshal(v, &s) != nil {
				s = string(v) // a number is as it is written
			}
			(*g)[id] = append((*g)[id], s)
		}
	}
	return nil
}

// The replies to reactorls.recommend: what to ask next, or what is recommended.
type (
	questionReply struct {
		Question question `json:"question"`
	}
	question struct {
		ID      string   `json:"id"`
		Title   string   `json:"title"`
		Choices []choice `json:"choices"`
	}
	choice struct {
		Value  string `json:"value"`
		Label  string `json:"label"`
		Detail string `json:"detail"`
	}
	recommendationReply struct {
		Title    string `json:"title"`
		Markdown string `json:"markdown"`
		// Applicable tells that the same with "apply" makes the edits.
		Applicable bool `json:"applicable"`
	}
)

// recommendCommand asks the next question, or recommends a runtime when all are
// answered, and on request has the client make the edits. Who gives no answers, not even
// an empty list, is asked by messages.
func (s *server) recommendCommand(_ context.Context, a argument) (any, error) {
	path, err := s.place(a)
	if err != nil {
		return nil, err
	}
	if a.Answers == nil {
		go s.converse(path)
		return nil, nil
	}
	snapshot := s.session.Snapshot()
	step, pkg, err := s.tools.Recommend(snapshot, path, a.Answers)
	if err != nil {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, err.Error())
	}
	if step.Question != nil {
		return questionReply{questionOf(step)}, nil
	}
	r := step.Recommendation
	edit := s.recommendedEdit(snapshot, r, pkg, path)
	applicable := s.caps.applyEdit && r.Applicable() && len(edit.Changes)+len(edit.DocumentChanges) > 0
	if a.Apply {
		if !applicable {
			return nil, errors.New("there is nothing to apply, or the client applies no such edits")
		}
		s.ask(func(ctx context.Context) error { return s.applyEdit(ctx, r.Title, edit) })
	}
	return recommendationReply{r.Title, r.Markdown(), applicable}, nil
}

// consideration is how long somebody may think about a question.
const consideration = 10 * time.Minute

// choose has somebody choose one of some titles; "" when nothing is chosen.
func (s *server) choose(message string, titles ...string) (string, error) {
	ctx, cancel := context.WithTimeout(s.ctx, consideration)
	defer cancel()
	p := &protocol.ShowMessageRequestParams{Type: protocol.MessageTypeInfo, Message: message}
	for _, t := range titles {
		p.Actions = append(p.Actions, protocol.MessageActionItem{Title: t})
	}
	chosen, err := s.client.ShowMessageRequest(ctx, p)
	if err != nil || chosen == nil {
		return "", err
	}
	return chosen.Title, nil
}

// converse asks all questions by messages, shows the recommendation, and applies it if
// that is wanted. Who dismisses a question is asked no more.
func (s *server) converse(path string) {
	err := func() (err error) {
		defer func() { // a mistake of ours must not end the session
			if r := recover(); r != nil {
				s.log.Error("panic while recommending", zap.Any("panic", r), zap.Stack("stack"))
				err = fmt.Errorf("%v", r)
			}
		}()
		answers := given{}
		for {
			snapshot := s.session.Snapshot()
			step, pkg, err := s.tools.Recommend(snapshot, path, answers)
			if err != nil {
				return err
			}
			if step.Question == nil {
				return s.showRecommendation(snapshot, step.Recommendation, pkg, path)
			}
			q := questionOf(step)
			var titles []string
			values := map[string]string{}
			for _, c := range q.Choices {
				titles = append(titles, c.Label)
				values[c.Label] = c.Value
			}
			chosen, err := s.choose(q.Title, titles...)
			if err != nil || chosen == "" {
				return err
			}
			answers[q.ID] = []string{values[chosen]}
		}
	}()
	if err != nil && s.ctx.Err() == nil {
		_ = s.client.ShowMessage(s.ctx, &protocol.ShowMessageParams{Type: protocol.MessageTypeError, Message: "no recommendation: " + err.Error()})
	}
}

// showRecommendation shows the page, and offers the edits.
func (s *server) showRecommendation(snapshot *engine.Snapshot, r *advise.Recommendation, pkg *engine.Package, path string) error {
	page, err := s.showPage("recommendation.md", []byte(r.Markdown()))
	if err != nil {
		return err
	}
	const write, leave = "Write Cargo.toml and the entrypoint", "Leave all as it is"
	titles := []string{leave}
	edit := s.recommendedEdit(snapshot, r, pkg, path)
	if s.caps.applyEdit && r.Applicable() && len(edit.Changes)+len(edit.DocumentChanges) > 0 {
		titles = []string{write, leave}
	}
	chosen, err := s.choose(fmt.Sprintf("%s. Why, and what else: %s", r.Title, page), titles...)
	if err != nil || chosen != write {
		return err
	}
	return s.applyEdit(s.ctx, r.Title, edit)
}

// questionOf is a question with the default first among its choices.
func questionOf(step *advise.Step) question {
	q := question{ID: step.Question.ID, Title: step.Question.Title}
	for _, c := range step.Question.Choices {
		q.Choices = append(q.Choices, choice{c.Value, c.Label, c.Detail})
	}
	slices.SortStableFunc(q.Choices, func(a, b choice) int {
		switch step.Default {
		case a.Value:
			return -1
		case b.Value:
			return 1
		}
		return 0
	})
	return q
}

// recommendedEdit is what applying a recommendation changes: the manifest, and new files
// where the client can make them.
func (s *server) recommendedEdit(snapshot *engine.Snapshot, r *advise.Recommendation, pkg *engine.Package, path string) *protocol.WorkspaceEdit {
	dir := path
	if pkg != nil {
		dir = pkg.Dir
	}
	at := func(p string) string { return filepath.Join(dir, filepath.FromSlash(p)) }
	plan := r.Plan(pkg, filepath.Base(dir), func(p string) bool { return snapshot.File(at(p)) != nil })
	edits := map[string][]text.Edit{}
	var made []protocol.DocumentChange
	for _, c := range plan.Changes {
		if !c.New {
			edits[at(c.Path)] = c.Edits
			continue
		}
		if !s.caps.createFiles {
			continue
		}
		uri := s.uriOf(at(c.Path))
		doc := &protocol.TextDocumentEdit{}
		doc.TextDocument.URI = uri
		doc.Edits = append(doc.Edits, &protocol.TextEdit{NewText: c.Text})
		made = append(made, &protocol.CreateFile{Kind: "create", URI: uri}, doc)
	}
	w := s.workspaceEdit(snapshot, edits, nil)
	w.DocumentChanges = append(w.DocumentChanges, made...)
	return w
}
