package diagnostics

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"
)

// TestConcurrentRuns has the race detector look at runs that share a snapshot, as
// the publisher and a request do.
func TestConcurrentRuns(t *testing.T) {
	for _, f := range fixtures(t) {
		s := f.session().Snapshot()
		w, err := s.Workspace(fixtureRoot)
		if err != nil {
			t.Fatal(err)
		}
		var group errgroup.Group
		for range 3 {
			group.Go(func() error {
				_, err := Run(context.Background(), s, w, Options{})
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}
