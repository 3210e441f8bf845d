/** The code of each task of the registry, loaded only when it is run. `engine` tasks need the native engine, the others do not. */
import type { TaskName } from '#core/task/tasks.ts'
import { entryOf } from '#core/text/record.ts'

type Load = () => Promise<unknown>

const CODE: { readonly [Name in TaskName]: Load } = {
  prepare: async () => (await import('./prepare.ts')).prepare,
  list: async () => (await import('./list.ts')).list,
  inspect: async () => (await import('./inspect.ts')).inspect,
  plan: async () => (await import('./plan.ts')).plan,
  survey: async () => (await import('./survey.ts')).survey,
  facts: async () => (await import('./facts.ts')).facts,
  assess: async () => (await import('./assess.ts')).assess,
  segment: async () => (await import('./segment.ts')).segment,
  commit: async () => (await import('./commit.ts')).commit,
  apply: async () => (await import('./apply.ts')).apply,
  gather: async () => (await import('./gather.ts')).gather,
  exchange: async () => (await import('./exchange.ts')).exchange,
  control: async () => (await import('./control.ts')).control,
  query: async () => (await import('./query.ts')).query,
  finalize: async () => (await import('./finalize.ts')).finalize,
  notify: async () => (await import('./notify.ts')).notify,
}

/** Loads a task by its name; undefined when there is none. */
export const codeOf = (task: string): Load | undefined => entryOf<Load>(CODE, task)
