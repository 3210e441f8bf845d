/** Checks pipelines that start each other, among those that are known together: of one file, of a server, of a deployment. */
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import type { Definition } from '../definition.ts'
import type { SourceMap } from '../parse-context.ts'
import type { Problem } from '../problem.ts'

export interface ChainedPipeline {
  /** The file as the caller named it. */
  readonly file: string
  readonly definition: Pick<Definition, 'id' | 'triggers'>
  readonly map: SourceMap
}

interface Link {
  readonly from: string
  readonly to: string
  readonly file: string
  readonly path: string
  readonly line: number
  readonly column: number
}

/** Errors: an endless cycle of pipelines, once for each, at its first trigger in the order given. A cycle of one is a problem of its definition. */
export function cyclesIn(pipelines: readonly ChainedPipeline[]): readonly Problem[] {
  const links = linksIn(pipelines)
  const reported = new Set<Link>()
  return links.flatMap((first): readonly Problem[] => {
    const cycle = reported.has(first) ? undefined : cycleFrom(first, links)
    if (cycle === undefined || cycle.length === 1) return []
    for (const link of cycle) reported.add(link)
    const { file, line, column, path } = first
    // the links lead backwards: from what starts to what it waits for
    const names = [...cycle.map(({ from }) => from).reverse(), first.to]
    const others = cycle.slice(1).map((link) => `${link.file}:${link.line}:${link.column}`)
    const what = `the pipelines would start each other forever: ${names.join(' → ')}`
    return [
      {
        code: 'trigger-cycle',
        level: 'error',
        file,
        line,
        column,
        path,
        what,
        hint: `remove one of the triggers: this one, ${others.join(', ')}`,
      },
    ]
  })
}

/** Warnings: triggers on pipelines that are not among several that are given. They may be deployed or served by themselves. */
export function unknownUpstream(pipelines: readonly ChainedPipeline[]): readonly Problem[] {
  if (pipelines.length < 2) return []
  const ids = pipelines.map(({ definition }) => definition.id)
  return linksIn(pipelines).flatMap(({ from, to, file, line, column, path }): readonly Problem[] => {
    if (ids.includes(from)) return []
    const others = ids.filter((id) => id !== to)
    const meant = nearest(from, others)
    const what = `no pipeline \`${from}\` is among those given`
    const hint = `${meant === undefined ? '' : `did you mean \`${meant}\`? `}given: ${preview(others, 8)}`
    return [{ code: 'unknown-name', level: 'warning', file, line, column, path, what, hint }]
  })
}

/** All triggers on runs of other pipelines: `to` starts after `from`. */
function linksIn(pipelines: readonly ChainedPipeline[]): readonly Link[] {
  return pipelines.flatMap(({ file, definition, map }) =>
    definition.triggers.flatMap((trigger, at): readonly Link[] => {
      if (trigger.type !== 'pipeline') return []
      const path = `triggers.${at}.pipeline`
      return [{ from: trigger.pipeline, to: definition.id, file, path: map.written(path), ...map.at(path) }]
    }),
  )
}

/** The shortest cycle that begins with a link, if there is one. */
function cycleFrom(first: Link, links: readonly Link[]): readonly Link[] | undefined {
  const seen = new Set([first.from])
  for (let ways: readonly (readonly Link[])[] = [[first]]; ways.length > 0; ) {
    const found = ways.find((way) => way.at(-1)?.from === first.to)
    if (found !== undefined) return found
    ways = ways.flatMap((way) =>
      links.flatMap((link) => {
        if (link.to !== way.at(-1)?.from || seen.has(link.from)) return []
        seen.add(link.from)
        return [[...way, link]]
      }),
    )
  }
  return undefined
}
