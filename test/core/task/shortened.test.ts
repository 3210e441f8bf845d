/** Results that are too long for the machine: their reports are cut, what they said goes to the log, and nothing else changes. */
import { describe, expect, it } from 'vitest'
import { shortened } from '#core/task/shortened.ts'
import { MAX_RESULT_LENGTH, type StepReport, type TaskResult } from '#core/task/task.ts'

const line = (text: string, level: 'ok' | 'warning' | 'error' = 'warning') => ({ level, text })
const report = (lines: StepReport['lines'], more: Partial<StepReport> = {}): StepReport => ({
  ...{ step: 'find', level: 'warning', message: 'Found 2 files', lines, fused: false },
  ...more,
})
const resultOf = (one: StepReport, more: object = {}) => ({ ...more, report: one }) as unknown as TaskResult
const reportIn = ({ result }: { result: TaskResult }) => result['report'] as unknown as StepReport

describe('a result', () => {
  it('that is short enough stays as it is', () => {
    const result = resultOf(report([line('x'.repeat(20_000))]))
    expect(shortened(result, 'logs/find')).toEqual({ result, whole: [] })
    expect(shortened({}, 'logs/find')).toEqual({ result: {}, whole: [] })
  })

  it('with long texts keeps their beginning, and the log has them whole', () => {
    const text = `"${'x'.repeat(65_000)}" is no date`
    const found = shortened(resultOf(report([line(text), line('short')]), { count: 2 }), 'logs/find')
    expect(reportIn(found).lines).toEqual([line(`"${'x'.repeat(398)}…`), line('short')])
    expect(found.result['count']).toBe(2)
    expect(found.whole).toEqual(['find: Found 2 files', `  ${text}`, '  short'])
  })

  it('with many lines keeps the first ones and says how many there are and where; an error among the others stays one', () => {
    const lines = Array.from({ length: 2000 }, (_, at) => line(`file-${at}.csv.gz: cannot be read`, at === 1999 ? 'error' : 'warning'))
    const found = shortened(resultOf(report(lines)), 'logs/find')
    const kept = reportIn(found).lines
    expect(kept).toHaveLength(101)
    expect(kept.at(-1)).toEqual(line('1,900 more lines, see logs/find', 'error'))
    expect(kept[99]).toEqual(lines[99])
    expect(found.whole).toHaveLength(2001)
    expect(reportIn(shortened(resultOf(report(lines.slice(0, 1999))), 'logs/find')).lines.at(-1)?.level).toBe('warning')
  })

  it('keeps as many lines as there is room for, whatever the number of its reports', () => {
    const lines = Array.from({ length: 50 }, () => line('y'.repeat(1000)))
    const reports = Array.from({ length: 20 }, (_, at) => report(lines, { step: `s${at}`, message: 'z'.repeat(1000) }))
    const { result, whole } = shortened({ reports, report: report(lines) } as unknown as TaskResult, 'logs/commit')
    expect(JSON.stringify(result).length).toBeLessThan(MAX_RESULT_LENGTH)
    const kept = result['reports'] as unknown as StepReport[]
    expect(kept.map(({ step, lines: own }) => [step, own.length, own.at(-1)?.text])).toEqual(
      reports.map(({ step }) => [step, 2, '49 more lines, see logs/commit']),
    )
    expect(kept[0]?.message).toHaveLength(400)
    expect(whole).toHaveLength(21 * 51)
  })

  it('that is long for another reason is cut as far as it can be, and found out by who passes it on', () => {
    const { result } = shortened({ data: 'x'.repeat(MAX_RESULT_LENGTH), report: report([]) } as unknown as TaskResult, 'logs/find')
    expect(result['data']).toHaveLength(MAX_RESULT_LENGTH)
  })
})
