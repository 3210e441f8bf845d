/** siftstep serve */
import { availableParallelism } from 'node:os'
import { EXIT } from '#run/local/events.ts'
import { watchedOf, type Watched } from '#run/serve/buckets.ts'
import { systemClock } from '#run/serve/clock.ts'
import type { Description, ServedPipeline } from '#run/serve/describe.ts'
import { openProcesses } from '#run/serve/processes.ts'
import type { ServedFile } from '#run/serve/runner.ts'
import { openServer, type Server, type ServeSettings } from '#run/serve/server.ts'
import { type HttpServer, openHttp } from '#run/serve/http.ts'
import { serverMetrics } from '#run/serve/metrics.ts'
import { runsListed, startByRequest } from '#run/serve/requests.ts'
import type { Log } from '#run/starts/start.ts'
import { folderStore } from '#io/store/folder.ts'
import { type Listen, listenOf } from '#cli/arguments/listen.ts'
import { assignment } from '#cli/arguments/assignments.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { countOf } from '#cli/arguments/moments.ts'
import { readOverlay } from '#cli/arguments/read-definition.ts'
import { displayPath, storeFolder } from '#cli/runs/on-store.ts'
import { serveLog } from '#cli/show/serve-log.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const MOST = 64

export async function serve(args: Args, terminal: Terminal): Promise<number> {
  const most = countOf(args.value('max-parallel') ?? '4', '--max-parallel', MOST, 'serve')
  const workers = args.value('workers')
  const overlay = await readOverlay(args, terminal)
  const files = args.positionals.map((file): ServedFile => ({ file, folder: terminal.cwd(), overlay }))
  const processes = openProcesses(terminal.program.runner, terminal.env)
  const description = await processes.describe(files)
  const watched = watchedIn(description, args, terminal)
  if (watched === undefined) return EXIT.definition
  const listen = listenOf(args, terminal)
  const settings: ServeSettings = {
    store: storeFolder(args, terminal),
    cwd: terminal.cwd(),
    pipelines: description.pipelines,
    watched,
    settle: settleOf(args) * 1000,
    most,
    processes:
      workers === undefined ? Math.max(1, Math.floor(availableParallelism() / most)) : countOf(workers, '--workers', 9999, 'serve'),
    worker: terminal.program.worker,
    version: terminal.program.version,
  }
  const log = serveLog(args.has('json'), terminal)
  for (const pipeline of settings.pipelines) log.info('serving', aboutPipeline(pipeline, watched, terminal))
  const stop = new AbortController()
  const stopRuns = new AbortController()
  const listenNoLonger = terminal.onStop(() => {
    if (stopRuns.signal.aborted) terminal.die()
    else if (stop.signal.aborted) stopRuns.abort()
    else stop.abort()
  })
  try {
    const clock = { ...systemClock, now: terminal.now }
    const server = openServer(settings, { clock, processes, log, stop: stop.signal, stopRuns: stopRuns.signal })
    const http =
      listen === undefined
        ? undefined
        : await listening(listen, server, settings, log, terminal).catch(async (error: unknown) => {
            stop.abort()
            await server.stopped
            throw error
          })
    await server.stopped
    await http?.close()
    return EXIT.ok
  } finally {
    listenNoLonger()
  }
}

async function listening(
  { host, port, token }: Listen,
  server: Server,
  settings: ServeSettings,
  log: Log,
  terminal: Terminal,
): Promise<HttpServer> {
  const store = folderStore(settings.store)
  const opened = await openHttp({
    host,
    port,
    token,
    log,
    health: () => ({ status: 'ok', version: settings.version, ...server.state() }),
    runs: (pipeline, most) => runsListed(settings.store, pipeline, most),
    metrics: () => serverMetrics(settings, server),
    start: async (id, body) => {
      const pipeline = settings.pipelines.find((one) => one.id === id)
      return pipeline === undefined ? undefined : startByRequest(pipeline, body, store, terminal.now())
    },
  }).catch((error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message
    throw new UsageError(`cannot listen on ${host}:${port}: ${taken}`, 'choose another port with --http', 'serve')
  })
  log.info('listening', { address: opened.address })
  return opened
}

/** The folders to watch; undefined if something is wrong, which is then printed. */
function watchedIn({ pipelines, problems, warnings }: Description, args: Args, terminal: Terminal): readonly Watched[] | undefined {
  const buckets = new Map(args.all('bucket').map((given) => assignment(given, '--bucket')))
  const found = pipelines.flatMap((pipeline) => watchedOf(pipeline, buckets, terminal.cwd()))
  const all = [...problems, ...found.flatMap((one) => ('problem' in one ? one.problem : []))]
  const watched = found.filter((one): one is Watched => !('problem' in one))
  const unused = [...buckets.keys()].find((name) => !watched.some(({ bucket }) => bucket === name))
  if (unused !== undefined && all.length === 0)
    throw new UsageError(
      `no trigger waits for the bucket ${unused}`,
      `buckets: ${[...new Set(watched.map(({ bucket }) => bucket))].join(', ') || 'none'}`,
      'serve',
    )
  const starting = pipelines.filter(({ settings }) => settings.schedule !== undefined || settings.triggers.length > 0)
  if (all.length === 0 && starting.length === 0 && !args.has('http'))
    throw new UsageError(
      'nothing to serve: no pipeline has a schedule or a trigger',
      'add `schedule` or `triggers` to a definition, or --http to start runs by requests',
      'serve',
    )
  for (const problem of [...all, ...warnings]) terminal.err(`${problem}\n`)
  return all.length > 0 ? undefined : watched
}

function settleOf(args: Args): number {
  const given = args.value('settle') ?? '2'
  if (/^\d{1,5}(\.\d+)?$/.test(given)) return Number(given)
  throw new UsageError(`invalid --settle ${given}`, 'use a number of seconds, such as 5', 'serve')
}

function aboutPipeline({ id, settings: { schedule, triggers } }: ServedPipeline, watched: readonly Watched[], terminal: Terminal) {
  const own = watched
    .filter(({ pipeline }) => pipeline.id === id)
    .map(({ folder, suffix }) => `${displayPath(folder, terminal)}/*${suffix}`)
  const after = triggers.flatMap((trigger) => (trigger.type === 'pipeline' ? [trigger.pipeline] : []))
  return {
    pipeline: id,
    ...(schedule === undefined ? {} : { schedule: schedule.cron ?? `every ${schedule.every} s`, timezone: schedule.timezone }),
    ...(own.length === 0 ? {} : { watches: own }),
    ...(after.length === 0 ? {} : { after }),
  }
}
