package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests by route pattern, method and status, and tells how
// many writes had to be run again.
type Metrics struct {
	registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
}

// NewMetrics makes the registry; retries is read at each scrape.
func NewMetrics(retries func() map[string]int64) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_seconds", Help: "Time to answer, by route pattern.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"route", "method", "status"})}
	m.registry.MustRegister(m.seconds, retryCollector(retries),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Counter adds a count that is read at each scrape.
func (m *Metrics) Counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}

// Gauge adds a figure that is read at each scrape.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Handler is the scrape page, for the second, local port only.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Observe is the middleware that counts.
func (m *Metrics) Observe(c *fiber.Ctx) error {
	began := time.Now()
	if err := c.Next(); err != nil {
		if err := c.App().ErrorHandler(c, err); err != nil {
			return err
		}
	}
	m.seconds.WithLabelValues(c.Route().Path, c.Method(), strconv.Itoa(c.Response().StatusCode())).Observe(time.Since(began).Seconds())
	return nil
}

type retryCollector func() map[string]int64

var retryDesc = prometheus.NewDesc("db_retries_total", "Writes that were run again, by operation.", []string{"operation"}, nil)

// Describe names the metric.
func (r retryCollector) Describe(ch chan<- *prometheus.Desc) { ch <- retryDesc }

// Collect reads the counts.
func (r retryCollector) Collect(ch chan<- prometheus.Metric) {
	for operation, n := range r() {
		ch <- prometheus.MustNewConstMetric(retryDesc, prometheus.CounterValue, float64(n), operation)
	}
}
