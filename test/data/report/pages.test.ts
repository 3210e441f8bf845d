import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { causeText } from '#core/errors/failure.ts'
import { renderHtml } from '#data/report/html.ts'
import { renderMarkdown } from '#data/report/markdown.ts'
import type { QualityReport } from '#data/report/model.ts'
import { aColumn, someArtifacts, fullReport, reportOf } from './reports.ts'

/** The words of a page: Markdown without its escapes, HTML without its tags. */
const wordsOf = {
  markdown: (page: string) => page.replace(/\\([\\`*_[\]<>|~.)+#-])/g, '$1').replaceAll('&amp;', '&'),
  html: (page: string) =>
    page
      .slice(page.indexOf('<body'))
      .replace(/<(svg)[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? ''),
}

/** Label and value of every figure. */
function figuresIn(page: string, kind: 'markdown' | 'html'): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const pattern = kind === 'markdown' ? /^- (?:\*\*)?([A-Z][\w. ]*?)(?:\*\*)?: (.*)$/gm : /<dt>(.*?)<\/dt><dd>(.*?)(?:<svg|<\/dd>)/g
  for (const [, label = '', value = ''] of page.matchAll(pattern))
    found.set(label, [...(found.get(label) ?? []), wordsOf[kind](`<body>${value}`).replace('<body>', '').trim()])
  return found
}

/** The rows of the table with this caption, cells as text. */
function tableIn(page: string, caption: string, kind: 'markdown' | 'html'): string[][] {
  if (kind === 'markdown') {
    const after = page.slice(page.indexOf(`${caption}:`)).split('\n\n')[1] ?? ''
    return after
      .split('\n')
      .filter((line, at) => at !== 1 && line.startsWith('|'))
      .map((line) =>
        line
          .slice(2, -2)
          .split(/(?<!\\) \| /)
          .map((cell) => wordsOf.markdown(cell).trim()),
      )
  }
  const after = page.slice(page.indexOf(`<caption>${caption}`))
  const body = after.slice(0, after.indexOf('</table>'))
  return [...body.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => wordsOf.html(`<body>${cell}`).replace('<body>', '').trim()),
  )
}

const report = fullReport()
const pages = [
  ['markdown', renderMarkdown(report)],
  ['html', renderHtml(report)],
] as const

const number = (text: string | undefined) => Number((text ?? 'absent').replace(/[,%+]/g, '').replace(/ .*$/, ''))

describe.each(pages)('the report as %s', (kind, page) => {
  it('has the figures of the report and no others', () => {
    const figures = figuresIn(page, kind)
    expect(number(figures.get('Total Records')?.[0])).toBe(report.summary.total_records)
    expect(number(figures.get('Processing Time')?.[0])).toBeCloseTo(report.summary.processing_seconds, 1)
    expect(number(figures.get('Quality Score')?.[0]?.replace('/1.0', ''))).toBeCloseTo(report.summary.quality_score ?? -1, 2)
    expect(figures.get('Issues Fixed')).toEqual([
      `${report.issues.fixed}/${report.issues.found} (${((100 * report.issues.fixed) / report.issues.found).toFixed(1)}%)`,
    ])
    for (const metric of ['completeness', 'validity', 'uniqueness', 'consistency'] as const) {
      const [before, after] = figures.get(`${metric.charAt(0).toUpperCase()}${metric.slice(1)}`) ?? []
      expect(Math.abs(number(before) / 100 - (report.before?.[metric] ?? -1))).toBeLessThanOrEqual(0.0005 + 1e-9)
      expect(Math.abs(number(after) / 100 - (report.after?.[metric] ?? -1))).toBeLessThanOrEqual(0.0005 + 1e-9)
    }
    const resolved = report.issues_resolved
    expect([
      figures.get('Missing values imputed'),
      figures.get('Duplicates removed'),
      figures.get('Format standardized'),
      figures.get('Outliers handled'),
    ]).toEqual(
      [resolved.missing_values_imputed, resolved.duplicates_removed, resolved.format_standardized, resolved.outliers_handled].map((one) => [
        `${one}`,
      ]),
    )
    expect(wordsOf[kind](page)).toContain(`${report.rows.equation}, balanced`)
  })

  it('has the rows of every step, the sources, the columns and what is open', () => {
    expect(
      tableIn(page, 'Rows by step', kind)
        .slice(1)
        .map((row) => [row[0], ...row.slice(1, 7).map(number)]),
    ).toEqual(
      report.steps.flatMap(({ id, rows }) =>
        rows === null ? [] : [[id, rows.in, rows.out, rows.quarantined, rows.deduplicated, rows.filtered, rows.fan]],
      ),
    )
    expect(
      tableIn(page, 'Sources read', kind)
        .slice(1)
        .map((row) => [row[0], number(row[1]), number(row[2]), number(row[4])]),
    ).toEqual(report.sources.map(({ name, rows, bad, issues }) => [name, rows, bad, issues]))
    const columns = tableIn(page, 'Columns as they were read', kind)
    expect(columns.slice(1).map((row) => row[0])).toEqual(report.columns.map(({ name }) => name))
    // charts are drawn in HTML only
    const [first = []] = columns.slice(1).map(([name = '', ...rest]) => [name, ...rest.slice(kind === 'html' ? 2 : 1)])
    expect(first.slice(1, 4)).toEqual(['float', '96.0%', '700'])
    expect(first[4]).toContain('31 with spaces around')
    expect(first.slice(6, 9)).toEqual(['-3.5', '999.25', '120.123 ± 33.3'])
    expect(
      tableIn(page, 'Unresolved findings', kind)
        .slice(1)
        .map((row) => [row[0], row[1], row[2], number(row[3]), row[4]]),
    ).toEqual(report.issues.open.map(({ source, column, rule, count, why }) => [source, column, rule, count, why]))
  })

  it('writes out how the score comes about', () => {
    const words = wordsOf[kind](page)
    for (const quality of [report.before, report.after]) {
      const terms = ['completeness', 'validity', 'uniqueness', 'consistency'].map(
        (name) => `0.25 × ${Number(quality?.[name as 'validity']).toFixed(4)}`,
      )
      expect(words).toContain(`${terms.join(' + ')} = ${quality?.score.toFixed(4)}`)
    }
    expect(words).toContain('From a uniform sample of 500 of 1,000 rows')
    expect(words).toContain('standard error of 0.0160')
  })
})

it('begins as reports of this name do', () => {
  expect(renderMarkdown(report).split('\n').slice(0, 7)).toEqual([
    '# Data Processing Quality Report',
    '',
    '## Summary',
    '- **Total Records**: 1,005',
    '- **Processing Time**: 44.1 seconds',
    `- **Quality Score**: ${report.summary.quality_score?.toFixed(2)}/1.0`,
    `- **Issues Fixed**: 7/10 (70.0%)`,
  ])
  const headings = [...renderMarkdown(report).matchAll(/^#+ .*$/gm)].map(([line]) => line)
  expect(headings.slice(0, 6)).toEqual([
    '# Data Processing Quality Report',
    '## Summary',
    '## Data Quality Metrics',
    '### Before Processing',
    '### After Processing',
    '## Issues Resolved',
  ])
})

describe('shares and scores', () => {
  const withQuality = (completeness: number, score: number): QualityReport => ({
    ...report,
    summary: { ...report.summary, quality_score: score },
    after: { completeness, validity: 1, uniqueness: 0, consistency: 0.0001, score },
  })

  it('say 100% and 1.00 only of what is whole', () => {
    const after = figuresIn(renderMarkdown(withQuality(0.99999, 0.99999)), 'markdown')
    expect([
      after.get('Completeness')?.[1],
      after.get('Validity')?.[1],
      after.get('Uniqueness')?.[1],
      after.get('Consistency')?.[1],
    ]).toEqual(['99.9%', '100%', '0%', '0.1%'])
    expect(after.get('Quality Score')).toEqual(['0.99/1.0'])
    expect(figuresIn(renderMarkdown(withQuality(1, 1)), 'markdown').get('Quality Score')).toEqual(['1.00/1.0'])
  })
})

describe('an empty report', () => {
  const empty = reportOf(someArtifacts({ scans: [], facts: null }), 'failed', {
    status: 'failed',
    failure: {
      Error: 'Data.NoSources',
      Cause: causeText({ step: 'find', code: 'Data.NoSources', message: 'no file', where: 'with.source', hint: 'did you mean a file?' }),
    },
  })

  it.each([
    ['markdown', renderMarkdown(empty)],
    ['html', renderHtml(empty)],
  ] as const)('says in %s that nothing was measured, and why', (kind, page) => {
    const words = wordsOf[kind](page)
    expect(figuresIn(page, kind).get('Quality Score')).toEqual(['not measured'])
    expect(figuresIn(page, kind).get('Data.NoSources')).toEqual(['find: no file'])
    expect(figuresIn(page, kind).get('Where')).toEqual(['with.source'])
    expect(figuresIn(page, kind).get('Fix')).toEqual(['did you mean a file?'])
    expect(words).toContain('the run failed before')
    expect(words).toContain('(in the steps before the failure)')
    expect(words).not.toMatch(/NaN|undefined|null|Infinity/)
  })
})

const HOSTILE =
  '</td></table><script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="x \' | a ![x](javascript:1) `b` *c* \u001b[31m\u202e\u0000'

const hostile = (text: string): QualityReport => ({
  ...report,
  pipeline: { id: 'p', name: text },
  sources: [{ name: text, rows: 1, bad: 0, completeness: 1, issues: 0 }],
  columns: [
    aColumn({
      name: text,
      type: 'text',
      semantic: text,
      minimum: text,
      maximum: text,
      values: [[text, 5]],
      effects: { whitespace: { cells: 1, example: { before: text, after: text } } },
    }),
  ],
  decisions: [{ step: text, rule: text, column: text, choice: text, why: text }],
  issues: { found: 1, fixed: 0, open: [{ source: text, column: text, rule: text, count: 1, why: text }] },
  notes: [text],
  failure: { error: 'Data.Unreadable', cause: text },
  output: { to: text, manifest: text, format: 'csv', files: 1, rows: 1, bytes: 1 },
})

const TAGS = new Set(
  'html head meta title style body main h1 h2 h3 section dl div dt dd svg rect p ul li table caption thead tbody tr th td span'.split(' '),
)

describe('hostile cells', () => {
  it('stay text in HTML', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(HOSTILE), fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'<>&"\'/ =abscript-!') })),
        (text) => {
          const page = renderHtml(hostile(text))
          for (const [, name = '', attributes = ''] of page.matchAll(/<\/?([a-z0-9]+)((?: [a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi)) {
            expect(TAGS).toContain(name)
            expect(attributes).not.toMatch(/ on[a-z]+=/)
          }
          // every < begins a tag of ours
          expect(page.match(/<(?!\/?(?:[a-z0-9]+)[ />]|!doctype)/)).toBeNull()
          expect(page).not.toContain('<script')
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
          expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e]/)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('stay one cell of their table in Markdown, without markup', () => {
    const page = renderMarkdown(hostile(HOSTILE))
    const [, row = []] = tableIn(page, 'Sources read', 'markdown')
    expect(row).toHaveLength(5)
    expect(row[0]).toContain('</td></table><script>alert(1)</script>')
    expect(page).not.toMatch(/(?<!\\)<[a-z/]/)
    expect(page).not.toMatch(/(?<!\\)\]\(/)
    expect(page).not.toContain('\u001b')
  })
})

it('needs nothing from anywhere and can be read without sight or colour', () => {
  const page = renderHtml(report)
  expect(page).not.toMatch(/https?:|src=|<script|<link|@import|url\(/)
  expect(page).toContain("default-src 'none'")
  expect(page).toContain('<html lang="en">')
  expect(page).toContain('prefers-color-scheme: dark')
  expect(page).toContain('@media print')
  const tables = page.match(/<table>/g)?.length ?? 0
  expect(tables).toBeGreaterThan(4)
  expect(page.match(/<caption>[^<]+<\/caption>/g)).toHaveLength(tables)
  expect(page.match(/<svg(?![^>]*(aria-hidden="true"|role="img" aria-label="[^"]+"))/g)).toBeNull()
  expect(page).toMatch(/aria-label="4 bins from -3.5 to 999.25, the fullest with 900 values"/)
})

it('stops tables that are too long for a page and says where the rest is', () => {
  const open = Array.from({ length: 350 }, (_, at) => ({ source: `s${at}`, column: 'c', rule: 'missing', count: 1, why: 'w' }))
  const long = { ...report, issues: { found: 350, fixed: 0, open } }
  expect(tableIn(renderMarkdown(long), 'Unresolved findings', 'markdown')).toHaveLength(201)
  expect(renderMarkdown(long)).toContain('And 150 more, in quality-report.json.')
})
