/** The process of a function step in a task: started with the code of the step, its errors named by file, step and row. */
import { TaskError } from '#core/errors/errors.ts'
import { columnsIn, outputColumns } from '#io/functions/declaration.ts'
import { FunctionError, type FunctionProcess, startFunction } from '#io/functions/process.ts'
import type { FunctionColumn, Returned, WireCell } from '#io/functions/protocol.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { Column, ColumnType } from '#relational/types/types.ts'
import type { OwnBehaviour, OwnCall } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'

export interface OpenFunction {
  readonly name: string
  /** The columns that come out. */
  readonly columns: readonly Column[]
  /** Calls it with rows. `placeOf` says where rows are, for messages; null: all rows of the call. */
  call(rows: readonly (readonly WireCell[])[], placeOf: (row: number | null) => Promise<string>): Promise<Returned>
  close(): Promise<void>
}

export async function openFunction(own: OwnCall, input: readonly Column[], context: TaskContext): Promise<OpenFunction> {
  if (context.functionHost === undefined) throw new TaskError('Engine.Bug', 'there is no program for processes of function steps here')
  const opened = await startFunction({
    ...own,
    host: context.functionHost,
    scratch: context.scratch,
    print: (text) => context.log(text.trimEnd()),
  }).catch((error: unknown) => {
    throw failure(error, own.file, '', '')
  })
  const given = input.map(({ name, type }): FunctionColumn => ({ name, type }))
  const output = outputColumns(given, columnsOf(own, opened))
  return {
    name: opened.declared.name,
    columns: output.map(({ name, type }) => {
      const before = input.find((column) => column.name === name)
      return before?.type === type ? before : { name, type: type as ColumnType }
    }),
    call: async (rows, placeOf) => {
      try {
        return await opened.call({ rows, columns: given, output })
      } catch (error) {
        const row = error instanceof FunctionError ? error.row : null
        throw failure(error, own.file, `${opened.declared.name} `, await placeOf(row))
      }
    },
    close: opened.close,
  }
}

/** The columns that the file declares, and those of the definition. A column that both declare has one type. */
function columnsOf({ file, columns }: OwnCall, { declared }: FunctionProcess): readonly FunctionColumn[] {
  const [own, ofDefinition] = [columnsIn(declared.columns), columnsIn(columns)]
  const twice = ofDefinition.find(({ name, type }) => own.some((column) => column.name === name && column.type !== type))
  if (twice !== undefined)
    throw new TaskError(
      'Definition.InvalidSetting',
      `the column \`${twice.name}\` is ${twice.type} in the definition, and ${own.find(({ name }) => name === twice.name)?.type} in ${file}`,
      { path: `with.columns.${twice.name}`, hint: 'declare it once, in the file or in the definition' },
    )
  return [...own, ...ofDefinition.filter(({ name }) => !own.some((column) => column.name === name))]
}

function failure(error: unknown, file: string, name: string, place: string): unknown {
  if (!(error instanceof FunctionError)) return error
  const message = `${file}: ${name}${error.message}${place === '' ? '' : `, at ${place}`}`
  return error.books
    ? new TaskError('Accounting.Imbalance', message, { hint: 'return each row, or reject it with a reason: `reject(row, reason)`' })
    : new TaskError('Function.Failed', message, { hint: `try the step by itself: siftstep test ${file}` })
}

/** The behaviour of a kind whose code is the author's. */
export async function ownBehaviourOf(type: string): Promise<OwnBehaviour> {
  const kind = kindOf(type)
  if (kind === undefined) throw new Error(`unknown step kind ${type}`)
  return (await kind.load()) as OwnBehaviour
}
