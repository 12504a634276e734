package meilitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// read takes a body that holds what it describes and nothing else.
func read(sent []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(sent))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("bad_request", "%v", err)
	}
	return nil
}

func (s *Server) route(r *http.Request, sent []byte) (any, int, error) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch at := r.Method + " " + parts[0]; {
	case at == "GET health":
		return map[string]any{"status": "available"}, http.StatusOK, nil
	case at == "GET tasks" && len(parts) == 2:
		return s.oneTask(parts[1])
	case at == "GET tasks":
		return s.listTasks(r.URL.Query())
	case at == "POST multi-search":
		return s.multi(sent)
	case at == "POST swap-indexes":
		return s.swap(sent)
	case at == "GET indexes" && len(parts) == 1:
		return s.list()
	case at == "POST indexes" && len(parts) == 1:
		return s.create(sent)
	case parts[0] == "indexes" && len(parts) > 1:
		return s.routeIndex(r, parts[1], strings.Join(parts[2:], "/"), sent)
	}
	return nil, 0, refusal{http.StatusNotFound, "not_found", "invalid_request", r.Method + " " + r.URL.Path + " is not imitated"}
}

func (s *Server) routeIndex(r *http.Request, uid, rest string, sent []byte) (any, int, error) {
	switch r.Method + " " + rest {
	case "DELETE ":
		return s.enqueue(uid, "indexDeletion", func() error {
			if s.indexes[uid] == nil {
				return absent(uid)
			}
			delete(s.indexes, uid)
			return nil
		})
	case "PATCH settings":
		var wanted settings
		if err := read(sent, &wanted); err != nil {
			return nil, 0, err
		}
		return s.enqueue(uid, "settingsUpdate", func() error { return s.made(uid).apply(wanted) })
	case "POST documents":
		return s.add(uid, r.URL.Query(), sent)
	case "POST documents/delete-batch":
		var ids []string
		if err := read(sent, &ids); err != nil {
			return nil, 0, err
		}
		return s.enqueue(uid, "documentDeletion", func() error {
			i := s.indexes[uid]
			if i == nil {
				return absent(uid)
			}
			for _, id := range ids {
				i.remove(id)
			}
			return nil
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.indexes[uid]
	if i == nil {
		return nil, 0, absent(uid)
	}
	switch r.Method + " " + rest {
	case "GET ":
		return i.view(uid), http.StatusOK, nil
	case "GET stats":
		return map[string]any{"numberOfDocuments": len(i.byID), "indexSize": 0, "usedIndexSize": 0, "rawDocumentDbSize": 0, "avgDocumentSize": 0,
			"isIndexing": s.busy(uid), "fieldDistribution": map[string]any{}}, http.StatusOK, nil
	case "POST documents/fetch":
		return i.fetch(sent)
	case "POST search":
		var q query
		if err := read(sent, &q); err != nil {
			return nil, 0, err
		}
		out, err := i.search(q)
		return out, http.StatusOK, err
	}
	return nil, 0, refusal{http.StatusNotFound, "not_found", "invalid_request", r.Method + " " + r.URL.Path + " is not imitated"}
}

func (i *index) view(uid string) map[string]any {
	return map[string]any{"uid": uid, "createdAt": instant(i.createdAt), "updatedAt": instant(i.updatedAt), "primaryKey": i.primaryKey}
}

func (s *Server) list() (any, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []any{}
	for _, uid := range slices.Sorted(maps.Keys(s.indexes)) {
		all = append(all, s.indexes[uid].view(uid))
	}
	return map[string]any{"results": all, "offset": 0, "limit": len(all), "total": len(all)}, http.StatusOK, nil
}

func (s *Server) create(sent []byte) (any, int, error) {
	var in struct {
		UID        string  `json:"uid"`
		PrimaryKey *string `json:"primaryKey"`
	}
	if err := read(sent, &in); err != nil {
		return nil, 0, err
	}
	return s.enqueue(in.UID, "indexCreation", func() error {
		if s.indexes[in.UID] != nil {
			return refusal{http.StatusConflict, "index_already_exists", "invalid_request", "Index `" + in.UID + "` already exists."}
		}
		s.made(in.UID).primaryKey = in.PrimaryKey
		return nil
	})
}

func (s *Server) add(uid string, params url.Values, sent []byte) (any, int, error) {
	var docs []map[string]any
	d := json.NewDecoder(bytes.NewReader(sent))
	d.UseNumber()
	if err := d.Decode(&docs); err != nil {
		return nil, 0, invalid("malformed_payload", "%v", err)
	}
	ready := make([]cutDocument, len(docs))
	cutAll := func() {
		var attributes []string
		s.set(func() { attributes = s.made(uid).settings.SearchableAttributes })
		for n, d := range docs {
			ready[n] = cut(d, attributes)
		}
	}
	return s.enqueueAfter(uid, "documentAdditionOrUpdate", cutAll, func() error {
		i := s.made(uid)
		if i.primaryKey == nil {
			key := params.Get("primaryKey")
			if key == "" {
				return invalid("index_primary_key_no_candidate_found", "no primary key was given")
			}
			i.primaryKey = &key
		}
		return i.put(ready)
	})
}

func (s *Server) swap(sent []byte) (any, int, error) {
	var pairs []struct {
		Indexes []string `json:"indexes"`
		Rename  bool     `json:"rename"`
	}
	if err := read(sent, &pairs); err != nil {
		return nil, 0, err
	}
	for _, p := range pairs {
		if len(p.Indexes) != 2 || p.Indexes[0] == p.Indexes[1] {
			return nil, 0, invalid("invalid_swap_indexes", "Two indexes must be given for each swap.")
		}
	}
	return s.enqueue("", "indexSwap", func() error {
		for _, p := range pairs { // all or none
			a, b := s.indexes[p.Indexes[0]], s.indexes[p.Indexes[1]]
			if a == nil || b == nil && !p.Rename {
				return absent(strings.Join(p.Indexes, "`, `"))
			}
			if b != nil && p.Rename {
				return invalid("index_already_exists", "Index `%s` already exists.", p.Indexes[1])
			}
		}
		for _, p := range pairs {
			a, b := p.Indexes[0], p.Indexes[1]
			s.indexes[a], s.indexes[b] = s.indexes[b], s.indexes[a]
			if p.Rename {
				delete(s.indexes, a)
			}
		}
		return nil
	})
}

func (s *Server) multi(sent []byte) (any, int, error) {
	var in struct {
		Queries []query `json:"queries"`
	}
	if err := read(sent, &in); err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results := []any{}
	for n, q := range in.Queries {
		i := s.indexes[q.IndexUID]
		if i == nil {
			r := absent(q.IndexUID)
			r.message = fmt.Sprintf("Inside `.queries[%d]`: %s", n, r.message)
			return nil, 0, r
		}
		one, err := i.search(q)
		if err != nil {
			return nil, 0, err
		}
		one["indexUid"] = q.IndexUID
		results = append(results, one)
	}
	return map[string]any{"results": results}, http.StatusOK, nil
}

func (s *Server) oneTask(text string) (any, int, error) {
	n, err := strconv.Atoi(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || n < 0 || n >= len(s.tasks) {
		return nil, 0, refusal{http.StatusNotFound, "task_not_found", "invalid_request", "Task `" + text + "` not found."}
	}
	return s.tasks[n].view(), http.StatusOK, nil
}

func (s *Server) listTasks(params url.Values) (any, int, error) {
	limit := 20
	wanted := func(name, value string) bool {
		list := params.Get(name)
		return list == "" || list == "*" || strings.Contains(","+list+",", ","+value+",")
	}
	for name := range params {
		switch name {
		case "limit":
			var err error
			if limit, err = strconv.Atoi(params.Get(name)); err != nil {
				return nil, 0, invalid("invalid_task_limit", "%v", err)
			}
		case "statuses", "indexUids", "types":
		default:
			return nil, 0, invalid("bad_request", "Unknown parameter `%s`", name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, total := []any{}, 0
	for n := len(s.tasks) - 1; n >= 0; n-- {
		t := s.tasks[n]
		if wanted("statuses", t.status) && wanted("indexUids", t.uid) && wanted("types", t.kind) {
			if total++; len(found) < limit {
				found = append(found, t.view())
			}
		}
	}
	return map[string]any{"results": found, "total": total, "limit": limit, "from": nil, "next": nil}, http.StatusOK, nil
}
