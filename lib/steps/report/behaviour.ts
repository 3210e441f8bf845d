/** Computes the figures of a report and writes it. */
import { createHash } from 'node:crypto'
import { TaskError, withPath } from '#core/errors/errors.ts'
import { equation } from '#data/ledger/ledger.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import { figuresOver, openWritten } from '#data/ledger/written-rows.ts'
import { fileConnectorOf } from '#io/connectors/index.ts'
import { lastName } from '#io/publish/file-addresses.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { findJson, writeJson } from '#io/workspace/json-store.ts'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { type Config, config } from './config.ts'
import { formatOf, type WrittenReport } from './format.ts'

export const reportBehaviour: ControlBehaviour = {
  run: async (settings, context, loadArtifacts) => {
    const given = config.parse(settings)
    const title = given.title ?? context.step
    const { from, combine = [], to } = given
    const format = formatOf(to)
    if (format === undefined)
      throw new TaskError('Definition.InvalidSetting', `the name ${to} says no format`, {
        step: context.step,
        hint: 'use a name that ends in .txt, .md or .html',
        path: 'with.to',
      })
    const own = from === undefined ? [] : [await reportOn(from, title, given, await loadArtifacts(), context)]
    const parts = [...own, ...(await Promise.all(combine.map((step) => written(step, context))))]
    const found = parts.flatMap((part) => part ?? [])
    const missing = [...(from === undefined ? [] : [from]), ...combine].filter((_, at) => parts[at] === undefined)
    const [only] = own
    if (only !== undefined) await writeJson(context.store, context.workspace.stepReport(context.step), only)
    await write(to, format.write(title, `Run ${context.run.id} of ${context.pipeline.name}, ${context.run.started_at}`, found), context)
    return {
      result: {
        to,
        rows: found.reduce((sum, { rows }) => sum + rows, 0),
        stats: Object.fromEntries(only?.stats ?? []),
      },
      report: {
        level: missing.length === 0 ? 'ok' : 'warning',
        message: `Report written to ${to}`,
        lines: [
          ...(only?.stats ?? []).map(([name, value]) => ({ level: 'ok' as const, text: `${name}: ${value}` })),
          ...missing.map((step) => ({
            level: 'warning' as const,
            text: `${step} has written nothing, so the report has no part about it`,
          })),
        ],
      },
    }
  },
}

const written = (step: string, { store, workspace }: TaskContext) => findJson<WrittenReport>(store, workspace.stepReport(step))

/** Undefined if the step has written no rows. */
async function reportOn(
  step: string,
  title: string,
  { stats, sample_rows }: Config,
  artifacts: RunArtifacts,
  context: TaskContext,
): Promise<WrittenReport | undefined> {
  const opened = await openWritten(step, artifacts, context)
  if (opened === undefined) return undefined
  const { columns, account, release } = opened
  try {
    const asked = Object.entries(stats).map(([name, setting]) => ({
      name,
      expression: withPath(['with', 'stats', name], () =>
        boundExpression(setting, { columns, step: context.step }, { mode: 'aggregate', grouped: [] }),
      ),
    }))
    const { rows, figures, sample } = await figuresOver(opened, asked, Number(sample_rows), context)
    return {
      title,
      account: equation(account),
      rows,
      stats: figures.map(([name, value]) => [name, value ?? '(none)'] as const),
      columns: columns.map(({ name }) => name),
      sample,
    }
  } finally {
    await release()
  }
}

/** Writes the file in one step: whoever looks sees the file before, or this one. */
async function write(uri: string, content: string, { store, workspace, step, run }: TaskContext): Promise<void> {
  const bytes = Buffer.from(content)
  const key = workspace.outputFile(step, 0, uri.slice(uri.lastIndexOf('.') + 1))
  await store.write(key, bytes)
  const connector = await fileConnectorOf(uri, run.folder)
  await connector.checkFile(uri)
  await connector.writeFile(uri, {
    name: lastName(uri),
    rows: 0,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    uri: store.address(key),
    open: () => store.openLocal(key),
  })
}
