// lucid-mongod behaves like the official mongo image's mongod for one server: it sets up the data folder and
// the first user from the environment, serves port 27017, and stops cleanly on SIGTERM. Behind it are
// FerretDB and PostgreSQL with DocumentDB, which it starts, watches and stops.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

func run() error {
	settings, err := readSettings(os.Args[1:])
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	store, err := openStore(dataDir)
	if err != nil {
		return err
	}
	if err := store.initialise(ctx, settings); err != nil {
		return err
	}
	postgres, err := store.start(ctx)
	if err != nil {
		return err
	}
	if err := store.setUp(ctx, settings); err != nil {
		return errors.Join(err, postgres.stop(syscall.SIGINT))
	}
	ferretdb, err := startFerretdb(store, settings)
	if err != nil {
		return errors.Join(err, postgres.stop(syscall.SIGINT))
	}

	var failure error
	select {
	case <-ctx.Done():
	case <-ferretdb.ended:
		failure = fmt.Errorf("FerretDB ended by itself: %v", ferretdb.err)
	case <-postgres.ended:
		failure = fmt.Errorf("PostgreSQL ended by itself: %v", postgres.err)
	}
	// Clients first, then the store: "fast shutdown" (SIGINT) writes everything and ends.
	stopped := ferretdb.stop(syscall.SIGTERM)
	return errors.Join(failure, stopped, postgres.stop(syscall.SIGINT))
}

func main() {
	// As in the official image: another command than mongod is simply run.
	if args := os.Args[1:]; len(args) > 0 && args[0] != "mongod" && !strings.HasPrefix(args[0], "-") {
		path, err := exec.LookPath(args[0])
		if err == nil {
			err = syscall.Exec(path, args, os.Environ())
		}
		fmt.Fprintln(os.Stderr, "lucid-mongod:", err)
		os.Exit(127)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "lucid-mongod:", err)
		var usage usageError
		if errors.As(err, &usage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}
