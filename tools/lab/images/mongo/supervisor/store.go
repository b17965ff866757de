package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	dataDir   = "/data/db"
	configDir = "/etc/lucid-mongod"
	startTime = 90 * time.Second
)

// store is PostgreSQL on a data folder:
//
//	lock         held while we run: two containers must not share the folder
//	postgres/    the database
//	ready        made last; without it the folder is half made, and no client has ever seen it
//	sockets/ ferretdb/
type store struct {
	database, ready, sockets, state string
	lock                            *os.File
}

func openStore(dir string) (*store, error) {
	at := func(name string) string { return filepath.Join(dir, name) }
	s := &store{database: at("postgres"), ready: at("ready"), sockets: at("sockets"), state: at("ferretdb")}
	for _, folder := range []string{dir, s.sockets, s.state} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
		if err := own(folder); err != nil {
			return nil, err
		}
	}
	lock, err := os.OpenFile(at("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("another server uses %s", dir)
	}
	s.lock = lock
	return s, own(lock.Name())
}

// own gives a file to the server's user when we are root; otherwise we are that user.
func own(path string) error {
	if os.Getuid() != 0 {
		return nil
	}
	return os.Chown(path, userID, groupID)
}

func (s *store) isReady() (bool, error) {
	_, err := os.Stat(s.ready)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// initialise makes the database unless it is there, and forgets what a killed server left.
func (s *store) initialise(ctx context.Context, settings settings) error {
	ready, err := s.isReady()
	if err != nil {
		return err
	}
	if ready {
		// Process numbers begin anew in every container: a left pid file may name a process that is not ours.
		for _, name := range []string{s.database + "/postmaster.pid", s.sockets + "/.s.PGSQL.5432.lock"} {
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		return nil
	}
	if err := os.RemoveAll(s.database); err != nil {
		return err
	}
	initdb := command(postgresBin+"initdb", "-D", s.database, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
		"--no-sync", "--no-instructions", "--auth=peer")
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	for _, name := range []string{"postgresql.conf", "pg_hba.conf", "pg_ident.conf"} {
		if err := s.configure(name); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// configure appends our settings to postgresql.conf and replaces the other two files.
func (s *store) configure(name string) error {
	text, err := os.ReadFile(filepath.Join(configDir, name))
	if err != nil {
		return err
	}
	mode := os.O_WRONLY | os.O_TRUNC
	if name == "postgresql.conf" {
		mode = os.O_WRONLY | os.O_APPEND
	}
	file, err := os.OpenFile(filepath.Join(s.database, name), mode, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// start runs PostgreSQL and returns when it takes connections.
func (s *store) start(ctx context.Context) (*child, error) {
	postgres, err := startChild(command(postgresBin+"postgres", "-D", s.database,
		"-c", "unix_socket_directories="+s.sockets,
		"-c", "documentdb.localhost_connection_string=host="+s.sockets,
		// Index builds and expiry run every few seconds: their log lines would bury everything else.
		"-c", "cron.log_statement=off", "-c", "cron.log_run=off",
		// A container has 64 MB of shared memory unless told otherwise: parallel queries would take more.
		"-c", "max_parallel_workers_per_gather=0"), "PostgreSQL")
	if err != nil {
		return nil, err
	}
	deadline := time.After(startTime)
	for {
		if command(postgresBin+"pg_isready", "-q", "-h", s.sockets).Run() == nil {
			return postgres, nil
		}
		select {
		case <-postgres.ended:
			return nil, fmt.Errorf("PostgreSQL does not start: %v", postgres.err)
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), postgres.stop(syscall.SIGINT))
		case <-deadline:
			return nil, errors.Join(errors.New("PostgreSQL is not ready in time"), postgres.stop(syscall.SIGINT))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// setUp makes the database a document store with the first user, once: later the environment's user and
// password say nothing any more, as with the official image.
func (s *store) setUp(ctx context.Context, settings settings) error {
	ready, err := s.isReady()
	if err != nil || ready {
		return err
	}
	psql := command(postgresBin+"psql", "-h", s.sockets, "-U", "postgres", "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1")
	psql.Stdin = strings.NewReader(setUpSQL(settings)) // not an argument: a password must not show in a list
	if err := psql.Run(); err != nil {
		return fmt.Errorf("setting up DocumentDB: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.WriteFile(s.ready, nil, 0o600); err != nil {
		return err
	}
	return own(s.ready)
}

func quote(text, mark string) string { return mark + strings.ReplaceAll(text, mark, mark+mark) + mark }

func setUpSQL(settings settings) string {
	lines := []string{"SET client_min_messages = warning;", "CREATE EXTENSION documentdb CASCADE;"}
	if settings.authenticates() {
		lines = append(lines, "SET password_encryption = 'scram-sha-256';",
			"CREATE ROLE "+quote(settings.user, `"`)+" SUPERUSER LOGIN PASSWORD "+quote(settings.password, "'")+";")
	}
	return strings.Join(lines, "\n") + "\n"
}
