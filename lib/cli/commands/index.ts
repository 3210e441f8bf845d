/** The list of commands. To add one: its file, and a line here. */
import type { Command } from '#cli/arguments/command.ts'
import { approve } from './approve.ts'
import { checkpoints } from './checkpoints.ts'
import { backfill } from './backfill.ts'
import { compile } from './compile.ts'
import { completion } from './completion.ts'
import { deploy } from './deploy.ts'
import { connectors } from './connectors.ts'
import { copy } from './copy.ts'
import { demo } from './demo.ts'
import { destroy } from './destroy.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { fmt } from './fmt.ts'
import { graph } from './graph.ts'
import { head } from './head.ts'
import { health } from './health.ts'
import { init } from './init.ts'
import { logs } from './logs.ts'
import { plan } from './plan.ts'
import { profile } from './profile.ts'
import { redrive } from './redrive.ts'
import { resolve } from './resolve.ts'
import { resume } from './resume.ts'
import { rollback } from './rollback.ts'
import { run } from './run.ts'
import { runs } from './runs.ts'
import { schedule } from './schedule.ts'
import { serve } from './serve.ts'
import { show } from './show.ts'
import { start } from './start.ts'
import { state } from './state.ts'
import { stats } from './stats.ts'
import { stop } from './stop.ts'
import { suggest } from './suggest.ts'
import { test } from './test.ts'
import { validate } from './validate.ts'
import { versions } from './versions.ts'
import { why } from './why.ts'

export const COMMANDS: readonly Command[] = [
  demo,
  init,
  doctor,
  validate,
  fmt,
  resolve,
  run,
  runs,
  show,
  why,
  diff,
  logs,
  stats,
  health,
  resume,
  approve,
  checkpoints,
  schedule,
  backfill,
  state,
  serve,
  profile,
  head,
  copy,
  connectors,
  explain,
  graph,
  suggest,
  test,
  plan,
  compile,
  deploy,
  versions,
  rollback,
  start,
  redrive,
  stop,
  destroy,
  completion,
]
