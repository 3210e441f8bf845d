/** Filters CDK output that users of a pipeline do not need. Errors and questions always pass. */
const NOISE: readonly RegExp[] = [
  /: (start|success): (Building|Built|Publishing|Published) /,
  /_IN_PROGRESS\b/,
  /^Supply a stack id /,
  /feature flags are not configured/,
  /^(Outputs:|Stack ARN:|✨ .*|\s*)$/,
  /^siftstep-[\w-]+\.\w+ = /,
  /^arn:aws[\w-]*:cloudformation:\S+$/,
  // progress of the bundles while they are built
  /^\w+: \d+ kB$/,
]

export interface Sieve {
  write(text: string): void
  /** Text left over without a line end. */
  end(): void
}

/** Passes complete lines, except noise. */
export function sieve(out: (text: string) => void): Sieve {
  let rest = ''
  const print = (line: string) => {
    if (!NOISE.some((noise) => noise.test(line.trimEnd()))) out(line)
  }
  return {
    write(text) {
      const lines = `${rest}${text}`.split(/(?<=\n)/)
      rest = lines.at(-1)?.endsWith('\n') === false ? (lines.pop() ?? '') : ''
      lines.forEach(print)
      // a question waits for its answer on the same line
      if (/[?)]:? $/.test(rest)) {
        out(rest)
        rest = ''
      }
    },
    end() {
      if (rest !== '') print(rest)
      rest = ''
    },
  }
}
