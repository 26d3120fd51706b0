package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/advise"
)

// recommender is one run of the recommend command.
type recommender struct {
	format   string
	answers  string // a file
	defaults bool
	apply    bool
	explain  bool
	given    map[string]*[]string // what flags answer

	in          io.Reader
	out, errOut io.Writer
}

func recommendCommand() *cobra.Command {
	r := &recommender{in: os.Stdin, out: os.Stdout, errOut: os.Stderr, given: map[string]*[]string{}}
	cmd := &cobra.Command{
		Use:   "recommend [PATH]",
		Short: "Recommend a runtime for the package at the path, or for one that is to be",
		Long: `Recommend a runtime for the package at the path, by default of the one in the
current directory, or for one that is to be: by what the project shows, by the
answers that flags or a file give, and by what is asked where both input and
output are a terminal. What nobody answers has a default, which is told.

Each statement has its source. Answers that contradict each other are named; the
exit code is then 2.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			return r.run(cmd.Context(), append(paths, ".")[0], cmd.Flags().Changed)
		},
	}
	flags := cmd.Flags()
	for _, q := range advise.Questions() {
		usage := q.Title + " " + strings.Join(q.Values(), ", ")
		if q.Free != "" {
			usage += ", or a `" + q.Free + "`"
		}
		r.given[q.ID] = new([]string)
		flags.StringSliceVar(r.given[q.ID], q.ID, nil, usage)
	}
	flags.StringVar(&r.answers, "answers", "", "a TOML `file` of answers, by the names of the flags")
	flags.BoolVar(&r.defaults, "defaults", false, "ask nothing, and take the defaults")
	flags.StringVar(&r.format, "format", "human", "how to write: human, md or json")
	flags.BoolVar(&r.explain, "explain-choice", false, "show every row of the decision, for each candidate")
	flags.BoolVar(&r.apply, "apply", false, "write the manifest and the entry point, or add to the manifest what it lacks")
	return cmd
}

func (r *recommender) run(_ context.Context, path string, changed func(string) bool) error {
	if !slices.Contains([]string{"human", "md", "json"}, r.format) {
		return fmt.Errorf("--format: unknown format %q: human, md or json", r.format)
	}
	answers, err := r.gather(changed)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if !engine.Exists(dir) {
		return fmt.Errorf("%s: no such file or directory", path)
	}
	pkg, shown, err := projectAt(engine.NewSession().Snapshot(), dir)
	if err != nil {
		return err
	}
	recommendation, err := r.converse(answers, shown)
	if err != nil {
		return err
	}
	if r.apply {
		return r.write(recommendation, pkg, dir)
	}
	return r.print(recommendation)
}

// gather reads the answers of the file and, over them, of the flags.
func (r *recommender) gather(changed func(string) bool) (advise.Answers, error) {
	fromFlags := map[string][]string{}
	for id, values := range r.given {
		if changed(id) {
			fromFlags[id] = joinedNumbers(advise.FindQuestion(id), *values)
		}
	}
	answers, err := advise.ParseAnswers(fromFlags)
	if err != nil {
		return nil, fmt.Errorf("flags: %w", withNearest(err))
	}
	if r.answers == "" {
		return answers, nil
	}
	text, err := os.ReadFile(r.answers)
	if err != nil {
		return nil, fmt.Errorf("--answers: %w", err)
	}
	fromFile, err := readAnswers(string(text))
	if err != nil {
		return nil, fmt.Errorf("--answers: %s: %w", r.answers, withNearest(err))
	}
	return answers.Over(fromFile), nil
}

// joinedNumbers undoes the cut that a comma makes in a number such as 50,000.
func joinedNumbers(q *advise.Question, values []string) []string {
	if q.Free == "number" {
		return []string{strings.Join(values, "")}
	}
	return values
}

// readAnswers reads a TOML file of answers: strings, numbers or lists of strings, by
// the ids of the questions.
func readAnswers(text string) (advise.Answers, error) {
	var file map[string]any
	if err := toml.Unmarshal([]byte(text), &file); err != nil {
		return nil, err
	}
	given := map[string][]string{}
	for id, value := range file {
		given[id] = []string{}
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		for _, v := range list {
			given[id] = append(given[id], fmt.Sprint(v))
		}
	}
	return advise.ParseAnswers(given)
}

// withNearest adds the nearest name to an error about one that is not known.
func withNearest(err error) error {
	if unknown := (*advise.UnknownError)(nil); errors.As(err, &unknown) {
		if near := diagnostics.Nearest(unknown.Name, unknown.Known); near != "" {
			return fmt.Errorf("%w; the nearest is %q", err, near)
		}
		const many = 20
		if len(unknown.Known) < many {
			return fmt.Errorf("%w: %s", err, strings.Join(unknown.Known, ", "))
		}
	}
	return err
}

// projectAt finds the package at a path and what it shows.
func projectAt(s *engine.Snapshot, dir string) (*engine.Package, *advise.Shown, error) {
	pkg, err := packageAt(s, dir)
	if pkg == nil || err != nil {
		return nil, &advise.Shown{Answers: advise.Answers{}}, err
	}
	return pkg, advise.Look(s, pkg, engine.Selection{}), nil
}

// recommendStep is one turn with an editor: the next question about the package at a
// path, or the recommendation.
func recommendStep(s *engine.Snapshot, path string, given map[string][]string) (*advise.Step, *engine.Package, error) {
	answers, err := advise.ParseAnswers(given)
	if err != nil {
		return nil, nil, withNearest(err)
	}
	pkg, shown, err := projectAt(s, path)
	if err != nil {
		return nil, nil, err
	}
	step, err := advise.Next(answers, shown)
	return step, pkg, err
}

// packageAt finds the package at a path; nil where there is none, or only a workspace.
func packageAt(s *engine.Snapshot, dir string) (*engine.Package, error) {
	w, err := s.Workspace(dir)
	if errors.Is(err, engine.ErrNoManifest) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var nearest *engine.Package
	for _, p := range w.Packages {
		if within(dir, p.Dir) && (nearest == nil || len(p.Dir) > len(nearest.Dir)) {
			nearest = p
		}
	}
	if nearest == nil && len(w.Packages) > 0 && dir == w.Dir {
		return nil, fmt.Errorf("%s is a workspace: name one of its packages", shown(dir))
	}
	return nearest, nil
}

// converse asks what is not answered, where there is somebody to ask.
func (r *recommender) converse(answers advise.Answers, shown *advise.Shown) (*advise.Recommendation, error) {
	ask := !r.defaults && r.format == "human" && terminal(r.in) && terminal(r.out)
	p := prompt{in: bufio.NewScanner(r.in), out: r.out}
	var taken []string
	for {
		step, err := advise.Next(answers, shown, taken...)
		switch {
		case err != nil:
			return nil, err
		case step.Recommendation != nil:
			return step.Recommendation, nil
		case ask:
			if answers[step.Question.ID], err = p.ask(step.Question, step.Default); err != nil {
				return nil, err
			}
		default:
			answers[step.Question.ID] = []string{step.Default}
			taken = append(taken, step.Question.ID)
		}
	}
}

func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (r *recommender) print(recommendation *advise.Recommendation) error {
	switch {
	case r.format == "json":
		return encode(r.out, jsonRecommendationOf(recommendation))
	case r.explain && r.format == "md":
		_, err := io.WriteString(r.out, recommendation.ExplainMarkdown())
		return err
	case r.explain:
		return explainChoice(r.out, recommendation)
	case r.format == "md":
		_, err := io.WriteString(r.out, recommendation.Markdown())
		return err
	}
	return writeRecommendation(r.out, recommendation)
}
