/** siftstep state show and state set */
import type { Json } from '#core/json.ts'
import { count } from '#core/text/numbers.ts'
import { nearest } from '#core/text/nearest.ts'
import { type KeptVersion, keptVersions, rememberingSteps, setState } from '#io/state/kept.ts'
import type { StatePlace } from '#io/state/state.ts'
import { folderStore } from '#io/store/folder.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { openAws } from '#cli/aws/clients.ts'
import { deployedPipeline } from '#cli/aws/deployed.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { displayPath, storeFolder } from '#cli/runs/on-store.ts'
import { rememberedText } from '#cli/show/state-text.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { nameOfUser } from '#cli/terminal/user-name.ts'

interface Where {
  readonly store: StatePlace['store']
  /** Where that is, for people. */
  readonly name: string
}

export async function runState(args: Args, terminal: Terminal): Promise<number> {
  const [action = '', pipeline, step, value] = args.positionals
  if (action !== 'show' && action !== 'set')
    throw new UsageError(`unknown action ${action}`, 'write siftstep state show, or siftstep state set PIPELINE STEP VALUE', 'state')
  const where = await openStore(pipeline, args, terminal)
  if (action === 'show' && value === undefined) return show(where, pipeline, step, args, terminal)
  if (action === 'show') throw new UsageError(`unexpected argument ${value}`, 'a value is given with siftstep state set', 'state')
  if (pipeline === undefined || step === undefined || value === undefined)
    throw new UsageError('the pipeline, the step or the value is missing', 'write siftstep state set PIPELINE STEP VALUE', 'state')
  return set(where, { pipeline, step, value }, args, terminal)
}

async function openStore(pipeline: string | undefined, args: Args, terminal: Terminal): Promise<Where> {
  if (!isOnAws(args, 'state')) {
    const folder = storeFolder(args, terminal)
    return { store: folderStore(folder), name: displayPath(folder, terminal) }
  }
  if (pipeline === undefined) throw new UsageError('PIPELINE is missing', 'on AWS each pipeline can have a bucket of its own', 'state')
  const aws = await openAws(args, terminal)
  const { bucket } = await deployedPipeline(aws, args.value('env'), pipeline)
  return { store: aws.store(bucket), name: `s3://${bucket}` }
}

async function show(where: Where, pipeline: string | undefined, step: string | undefined, args: Args, terminal: Terminal): Promise<number> {
  const { store } = where
  const found: { readonly pipeline: string; readonly step: string; readonly versions: readonly KeptVersion[] }[] = []
  for (const [id, steps] of await rememberingSteps(store, pipeline))
    for (const name of step === undefined ? steps : steps.filter((one) => one === step))
      found.push({ pipeline: id, step: name, versions: await keptVersions({ store, pipeline: { id } }, name) })
  const some = found.filter(({ versions }) => versions.length > 0)
  if (pipeline !== undefined && some.length === 0) throw await nothingRemembered(where, pipeline, step)
  if (args.has('json')) {
    terminal.out(`${JSON.stringify(some, null, 2)}\n`)
    return EXIT.ok
  }
  const rows = some.flatMap((one) => (step === undefined ? one.versions.slice(0, 1) : one.versions).map((version) => row(one, version)))
  terminal.out(
    rows.length === 0 ? `no pipeline in ${where.name} remembers anything yet\n` : columnsOf(['pipeline', 'step', 'value', 'set by'], rows),
  )
  return EXIT.ok
}

const row = (of: { readonly pipeline: string; readonly step: string }, { value, run, set: byHand }: KeptVersion) => [
  of.pipeline,
  of.step,
  rememberedText(value),
  byHand === undefined ? (run ?? '') : `${byHand.by} at ${byHand.at}: ${byHand.reason}`,
]

interface Setting {
  readonly pipeline: string
  readonly step: string
  readonly value: string
}

async function set(where: Where, { pipeline, step, value: given }: Setting, args: Args, terminal: Terminal): Promise<number> {
  const reason = args.value('reason')?.trim() ?? ''
  if (reason === '') throw new UsageError('--reason is missing', 'say why: --reason "late vendor file"', 'state')
  const place = { store: where.store, pipeline: { id: pipeline } }
  const versions = await keptVersions(place, step)
  const [newest] = versions
  if (newest === undefined) throw await nothingRemembered(where, pipeline, step)
  const value = valueGiven(given, versions.find((one) => one.value !== null)?.value ?? null)
  const by = args.value('by') ?? nameOfUser(terminal)
  await setState(place, step, newest.version, value, { by, reason, at: terminal.now().toISOString() })
  const before = `before: ${rememberedText(newest.value)}`
  if (args.has('json')) terminal.out(`${JSON.stringify({ pipeline, step, value, before: newest.value, by, reason })}\n`)
  else terminal.out(`${step} of ${pipeline} is ${rememberedText(value)} (${before}); the next run continues from there\n`)
  return EXIT.ok
}

const MOMENT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/

/** The value in the form of one that the step wrote. */
function valueGiven(given: string, like: Json): Json {
  if (given === 'none') return null
  const wrong = (hint: string) => new UsageError(`the value is '${given}', and the step remembers ${rememberedText(like)}`, hint, 'state')
  const isNumber = given.trim() !== '' && Number.isFinite(Number(given))
  if (isNumber && (like === null || typeof like === 'number')) return Number(given)
  if (typeof like === 'number') throw wrong('give a number, or none')
  if (like !== null && typeof like !== 'string') throw wrong('this cannot be written by hand; none makes the next run read everything')
  if (!MOMENT.test(given) || Number.isNaN(Date.parse(`${given.slice(0, 10)}T00:00Z`)))
    throw wrong('give a date or a time in UTC, such as 2026-11-01 or "2026-11-01 08:30:00", or none')
  return given.replace('T', ' ')
}

async function nothingRemembered({ store, name }: Where, pipeline: string, step: string | undefined): Promise<UsageError> {
  const known = await rememberingSteps(store)
  const steps = known.get(pipeline) ?? []
  if (step !== undefined && steps.length > 0) {
    const near = nearest(step, steps)
    const hint = `${near === undefined ? '' : `did you mean ${near}? `}steps that remember: ${steps.join(', ')}`
    return new UsageError(`the step ${step} of ${pipeline} remembers nothing`, hint, 'state')
  }
  const ids = [...known.keys()]
  const near = nearest(pipeline, ids)
  const others = ids.length === 0 ? 'no pipeline remembers anything there' : `${count(ids.length, 'pipeline')} do: ${ids.join(', ')}`
  return new UsageError(
    `the pipeline ${pipeline} remembers nothing in ${name}`,
    `${near === undefined ? '' : `did you mean ${near}? `}${others}`,
    'state',
  )
}
