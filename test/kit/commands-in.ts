/** The commands in the `sh` blocks of a page, with their expected exit codes. */

export interface Command {
  /** The command as written. */
  readonly line: string
  /** The arguments of the program. */
  readonly args: readonly string[]
  /** 0, unless the line ends with `# exit code N`. */
  readonly exitCode: number
}

/** Lines `siftstep …` and `npx siftstep …`; another program's are left out. */
export function commandsIn(page: string): Command[] {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
  const lines = blocks.flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'))
  return lines.flatMap((written) => {
    const [, line = '', comment = ''] = /^(?:npx )?(siftstep\b[^#]*?)\s*(#.*)?$/.exec(written) ?? []
    if (line === '') return []
    const [, code = '0'] = /exit code (\d+)/.exec(comment) ?? []
    return [{ line, args: words(line).slice(1), exitCode: Number(code) }]
  })
}

/** Splits a line like a shell, for the quotes that pages use. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
