package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reactorls": main})
}

// TestScripts runs the command line as users do; each script is one txtar archive
// in testdata/commands.
//
// Commands beside testscript's own:
//
//	code N ARGS     reactorls ARGS ends with exit code N
//	schema FILE     FILE is what check --format json promises, or, with a second
//	                argument, what that schema does
//	page FILE       FILE is a page that is whole by itself
//	dot FILE        Graphviz reads FILE, where it is installed
//	sarif FILE      FILE is a SARIF log; its fingerprints go to FILE.fingerprints
//	kept DIR N      DIR holds N files
//	damage DIR      cut each file in DIR in half
//	huge FILE       make FILE of 50 MB of comments
//	latin1 FILE     make FILE of text that is not UTF-8
//	crlf FILE       give FILE the line ends of Windows, and a byte order mark
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/commands",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":   code,
			"schema": schema,
			"sarif":  sarifLogFile,
			"page":   wholePage,
			"dot":    dot,
			"kept": func(ts *testscript.TestScript, _ bool, args []string) {
				if entries, err := os.ReadDir(ts.MkAbs(args[0])); err != nil || fmt.Sprint(len(entries)) != args[1] {
					ts.Fatalf("%d files, %v", len(entries), err)
				}
			},
			"damage": func(ts *testscript.TestScript, _ bool, args []string) {
				entries, err := os.ReadDir(ts.MkAbs(args[0]))
				ts.Check(err)
				for _, e := range entries {
					path := filepath.Join(ts.MkAbs(args[0]), e.Name())
					content := ts.ReadFile(path)
					ts.Check(os.WriteFile(path, []byte(content[:len(content)/2]), 0o644))
				}
			},
			"huge": func(ts *testscript.TestScript, _ bool, args []string) {
				const megabytes = 50
				write(ts, args[0], []byte(strings.Repeat("# a comment\n", megabytes<<20/12)))
			},
			"latin1": func(ts *testscript.TestScript, _ bool, args []string) {
				write(ts, args[0], []byte("# caf\xe9\n"))
			},
			"crlf": func(ts *testscript.TestScript, _ bool, args []string) {
				content := strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")
				write(ts, args[0], []byte("\ufeff"+content))
			},
		},
	})
}

func write(ts *testscript.TestScript, name string, content []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o644))
}

func code(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("reactorls", args[1:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

func schema(ts *testscript.TestScript, neg bool, args []string) {
	s, err := jsonschema.NewCompiler().Compile(append(args, "check.schema.json")[1])
	ts.Check(err)
	report, err := jsonschema.UnmarshalJSON(bytes.NewBufferString(ts.ReadFile(args[0])))
	ts.Check(err)
	if err := s.Validate(report); (err != nil) != neg {
		ts.Fatalf("%v", err)
	}
}

// sarifLogFile holds a file against the schema of OASIS.
func sarifLogFile(ts *testscript.TestScript, _ bool, args []string) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	s, err := sarifSchema()
	ts.Check(err)
	ts.Check(s.Validate(document))
	log, err := sarif.FromString(ts.ReadFile(args[0]))
	ts.Check(err)
	var fingerprints strings.Builder
	for _, r := range log.Runs[0].Results {
		fmt.Fprintln(&fingerprints, *r.RuleID, r.PartialFingerprints["reactorls/v1"])
	}
	write(ts, args[0]+".fingerprints", []byte(fingerprints.String()))
}

// sarifSchema is the schema that go-sarif holds its own logs against, which it keeps to itself.
var sarifSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[sarif.Report]().PkgPath()).Output()
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	written := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
	schema, err := strconv.Unquote(written)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", document); err != nil {
		return nil, err
	}
	return c.Compile("sarif.json")
})

// wholePage reads a page as strictly as XML wants it, and looks for what would be
// loaded or run, and for names that are given twice or not at all.
func wholePage(ts *testscript.TestScript, _ bool, args []string) {
	page := ts.ReadFile(args[0])
	for _, loads := range []string{"url(", "@import", "javascript:"} {
		if strings.Contains(page, loads) {
			ts.Fatalf("there is %s", loads)
		}
	}
	ids, named := map[string]bool{}, []string{}
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		ts.Check(err)
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains([]string{"script", "link", "img", "image", "use", "iframe", "object", "embed", "base", "form"}, e.Name.Local) {
			ts.Fatalf("there is a %s", e.Name.Local)
		}
		for _, a := range e.Attr {
			name := a.Name.Local
			switch {
			case name == "style" || name == "src" || name == "href" || strings.HasPrefix(name, "on"):
				ts.Fatalf("%s has %s=%q", e.Name.Local, name, a.Value)
			case name == "id" && ids[a.Value]:
				ts.Fatalf("two have the id %q", a.Value)
			case name == "id":
				ids[a.Value] = true
			case name == "aria-labelledby":
				named = append(named, strings.Fields(a.Value)...)
			}
		}
	}
	for _, id := range named {
		if !ids[id] {
			ts.Fatalf("nothing has the id %q", id)
		}
	}
}

func dot(ts *testscript.TestScript, _ bool, args []string) {
	if _, err := exec.LookPath("dot"); err != nil {
		ts.Logf("no dot is installed")
		return
	}
	ts.Check(ts.Exec("dot", "-Tsvg", "-o", os.DevNull, ts.MkAbs(args[0])))
}
