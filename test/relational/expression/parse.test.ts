import { describe, expect, it } from 'vitest'
import { MAX_LENGTH, type ParseOptions, parse } from '#relational/expression/parse.ts'
import { print } from '#relational/expression/print.ts'

const canonical = (text: string, options?: ParseOptions) => {
  const parsed = parse(text, options)
  return parsed.ok ? print(parsed.expression) : parsed.problems
}

/** For each problem: the text it is about, its message and its hint. */
const problemsOf = (text: string, options?: ParseOptions) => {
  const parsed = parse(text, options)
  return parsed.ok
    ? []
    : parsed.problems.map(({ offset, length, what, hint }) => ({ at: offset, on: text.slice(offset, offset + length), what, hint }))
}

describe('forms that are accepted', () => {
  it.each([
    ['quantity * price', 'quantity * price'],
    ['age>=18', 'age >= 18'],
    ['a == 1', 'a = 1'],
    ['a != 1', 'a <> 1'],
    ['a<>1', 'a <> 1'],
    [
      "case when age < 30 then 'Young' when age < 50 then 'Middle' else 'Senior' end",
      "CASE WHEN age < 30 THEN 'Young' WHEN age < 50 THEN 'Middle' ELSE 'Senior' END",
    ],
    ["CASE status WHEN 'A' THEN 1 END", "CASE status WHEN 'A' THEN 1 END"],
    ["upper(substr(category, 1, 3)) || lpad(id, 3, '0')", "upper(substr(category, 1, 3)) || lpad(id, 3, '0')"],
    ["'it''s'", "'it''s'"],
    ['"Unit Price" + "a""b"', '"Unit Price" + "a""b"'],
    ['größe_2 + 数量', 'größe_2 + 数量'],
    ['"age"', 'age'],
    ['"end"', '"end"'],
    ['from', 'from'],
    ['date + 1', '"date" + 1'],
    ["DATE '2024-1-5'", "DATE '2024-01-05'"],
    ["timestamp '2024-01-05T10:00:00+02:00'", "TIMESTAMP '2024-01-05 08:00:00'"],
    ["INTERVAL '3 Days'", "INTERVAL '3 days'"],
    ["interval '1 year, 6 months'", "INTERVAL '1 year 6 months'"],
    ["date('{{ ds }}')", "date('{{ ds }}')"],
    ["DATE '{{ds}}'", "CAST('{{ ds }}' AS date)"],
    ["'from {{ inputs.a }} to {{b}}!'", "'from {{ inputs.a }} to {{ b }}!'"],
    ['{{inputs.limit}} + 1', '{{ inputs.limit }} + 1'],
    ['x IN ({{ list }}, 4)', 'x IN ({{ list }}, 4)'],
    ['x not in (1,2)', 'x NOT IN (1, 2)'],
    ['x between 1 and 2 and y', 'x BETWEEN 1 AND 2 AND y'],
    ["x NOT LIKE 'a!%' ESCAPE '!'", "x NOT LIKE 'a!%' ESCAPE '!'"],
    ["x ilike 'a%'", "x ILIKE 'a%'"],
    ['x is not null', 'x IS NOT NULL'],
    ['x IS NOT DISTINCT FROM y', 'x IS NOT DISTINCT FROM y'],
    ['x::string::bigint', 'CAST(CAST(x AS text) AS integer)'],
    ['try_cast(x as double)', 'CAST(x AS float)'],
    ['x::numeric(18, 2)', 'CAST(x AS decimal(18,2))'],
    ['x::decimal(5)', 'CAST(x AS decimal(5,0))'],
    ['007.50', '7.50'],
    ['.5e3', '0.5e3'],
    ['5.', '5.0'],
    ['startswith', 'startswith'],
    ['LEN(x) + CEILING(y)', 'length(x) + ceil(y)'],
    ['- - 5', '- -5'],
    ['a\n\t+ b', 'a + b'],
  ])('%s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it.each([
    ['sum(price * quantity) / count(*)', 'sum(price * quantity) / count(*)'],
    ['count(distinct user_id)', 'count(DISTINCT user_id)'],
    ['COUNT(*) filter (where age > 3)', 'count(*) FILTER (WHERE age > 3)'],
    ['mean(x)', 'avg(x)'],
    ['quantile(x, 0.95)', 'quantile(x, 0.95)'],
  ])('%s as an aggregate', (text, expected) => {
    expect(canonical(text, { aggregates: true })).toBe(expected)
  })

  it('marks aggregates in a window expression as computed over the window', () => {
    const parsed = parse('sum(x) / row_number()', { windows: true })
    expect(parsed).toMatchObject({
      ok: true,
      expression: { left: { kind: 'aggregate', over: 'window' }, right: { kind: 'aggregate', over: 'window', name: 'row_number' } },
    })
  })
})

describe('precedence', () => {
  it.each([
    ['a OR b AND NOT c = d', 'a OR (b AND (NOT (c = d)))'],
    ['a = b IS NULL', '(a = b) IS NULL'],
    ['NOT a IS NULL', 'NOT (a IS NULL)'],
    ['a + b * c % d', 'a + ((b * c) % d)'],
    ['a - b - c', '(a - b) - c'],
    ['a || b + c', 'a || (b + c)'],
    ["a || b LIKE 'x'", "(a || b) LIKE 'x'"],
    ['-a::integer', '-(a::integer)'],
    ['-a * b', '(-a) * b'],
    ['a = b IN (1)', 'a = (b IN (1))'],
    ['a BETWEEN b + 1 AND c || d AND e', '(a BETWEEN (b + 1) AND (c || d)) AND e'],
    ['(a OR b) OR (c OR d)', 'a OR b OR c OR d'],
  ])('%s means %s', (text, bracketed) => {
    expect(canonical(text)).toBe(canonical(bracketed))
    expect(canonical(text)).toBeTypeOf('string')
  })
})

describe('the tree', () => {
  it('is deeply frozen plain JSON with places', () => {
    const parsed = parse("coalesce(a, 'x') IN ('y', b)")
    if (!parsed.ok || parsed.expression.kind !== 'in') throw new Error('not parsed')
    const { expression } = parsed
    expect(JSON.parse(JSON.stringify(expression))).toEqual(expression)
    expect([expression, expression.operand, expression.items, expression.items[0]].every((part) => Object.isFrozen(part))).toBe(true)
    expect(expression.items[0]).toEqual({ kind: 'text', value: 'y', offset: 21, length: 3 })
    expect(expression.operand).toMatchObject({
      offset: 0,
      length: 16,
      arguments: [
        { offset: 9, length: 1 },
        { offset: 12, length: 3 },
      ],
    })
  })

  it('counts the brackets around operands as part of what they are operands of', () => {
    const parsed = parse('(a + b) * (c)')
    expect(parsed).toMatchObject({
      ok: true,
      expression: { offset: 0, length: 13, left: { offset: 1, length: 5 }, right: { offset: 11, length: 1 } },
    })
  })

  it('freezes the branches of a CASE and the parts of a text', () => {
    const parsed = parse("CASE WHEN a THEN '{{ b }}' END")
    if (!parsed.ok || parsed.expression.kind !== 'case') throw new Error('not parsed')
    const [branch] = parsed.expression.branches
    expect(Object.isFrozen(branch)).toBe(true)
    expect(branch?.value).toMatchObject({ kind: 'template', parts: [{ path: 'b' }] })
    expect(branch?.value.kind === 'template' && Object.isFrozen(branch.value.parts[0])).toBe(true)
  })
})

describe('problems', () => {
  it.each<[text: string, at: number, on: string, what: RegExp, hint: RegExp]>([
    ['age => 18', 4, '=>', /not an operator/, /write >=/],
    ['age =< 18', 4, '=<', /not an operator/, /write <=/],
    ['a > 1 && b', 6, '&&', /not an operator/, /Write AND/],
    ['a = 1 || b = 2', 6, '||', /joins texts/, /Write OR/],
    ['(a = 1) || (b = 2)', 8, '||', /joins texts/, /Write OR/],
    ['(a + 1', 0, '(', /not closed/, /Add a closing/],
    ['upper(a', 5, '(', /not closed/, /Add a closing/],
    ['a + 1)', 5, ')', /no opening bracket/, /Remove it/],
    ['1 + CASE WHEN a THEN 2', 4, 'CASE', /no END/, /END/],
    ['(CASE WHEN a THEN 2)', 1, 'CASE', /no END/, /END/],
    ['CASE WHEN a ELSE 2 END', 12, 'ELSE', /THEN is missing/, /THEN/],
    ['CASE a ELSE 1 END', 7, 'ELSE', /WHEN is missing/, /WHEN/],
    ['a = NULL', 2, '=', /never true/, /IS NULL/],
    ['NULL <> a', 5, '<>', /never true/, /IS NOT NULL/],
    ['a IN (1, NULL)', 9, 'NULL', /matches nothing/, /OR x IS NULL/],
    ['a NOT IN (NULL)', 10, 'NULL', /matches nothing/, /IS NOT NULL/],
    ['a = ‘x’', 4, '‘', /typographic/, /straight single quotes/],
    ['a = “x”', 4, '“', /typographic/, /straight single quotes/],
    ['lpad(a, 3,)', 9, ',', /missing after this comma/, /Remove the comma/],
    ['lpad(a, , 3)', 8, ',', /missing before this comma/, /remove the comma/],
    ["a IN ('x',)", 9, ',', /missing after/, /Remove/],
    ['a, b', 1, ',', /not allowed here/, /one value/],
    ['lenght(a)', 0, 'lenght', /no function lenght/, /Did you mean length\?/],
    ['qqqqq(a)', 0, 'qqqqq', /no function qqqqq/, /reference/],
    ['now()', 0, 'now', /current time/, /\{\{ ds \}\}/],
    ['random() * 2', 0, 'random', /random numbers/, /hash/],
    ['1 < a < 5', 6, '<', /cannot be chained/, /BETWEEN/],
    ['a ^ 2', 2, '^', /not an operator/, /power/],
    ['!a', 0, '!', /not an operator/, /NOT/],
    ["a ~ 'x'", 2, '~', /not an operator/, /regexp_matches/],
    ['`a`', 0, '`', /backticks/, /double quotes/],
    ['a[1]', 1, '[', /subscripts/, /split_part/],
    ['t.a', 1, '.', /not allowed here/, /no table/],
    ['a # b', 2, '#', /not allowed in an expression/, /double quotes/],
    ['$1', 0, '$', /not allowed in an expression/, /inputs\.name/],
    [':name', 0, ':', /not allowed in an expression/, /inputs\.name/],
    ['2abc', 0, '2abc', /neither a number nor a name/, /double quotes/],
    ['1_000', 0, '1_000', /neither/, /without `_`/],
    ['1e999', 0, '1e999', /exceeds the range/, /1\.79e308/],
    ["'abc", 0, "'abc", /not closed/, /'/],
    ['"abc', 0, '"abc', /not closed/, /"/],
    ['{{ a', 0, '{{ a', /not closed/, /\}\}/],
    ['{{ }}', 0, '{{ }}', /nothing between/, /inputs\.start/],
    ["'{{ a'", 0, "'{{ a'", /not closed/, /\}\}/],
    ['"{{ a }}"', 0, '"{{ a }}"', /cannot name a column/, /without quotes/],
    ['""', 0, '""', /empty/, /''/],
    ['', 0, '', /empty/, /quantity \* price/],
    ['a b', 2, 'b', /not allowed here/, /double quotes/],
    ['a +', 3, '', /incomplete/, /column, a value/],
    ['()', 0, '()', /brackets are empty/, /Expected/],
    ['(a, b)', 2, ',', /list of values/, /after IN/],
    ['a IN 1', 5, '1', /in brackets/, /IN \(1, 2, 3\)/],
    ['CAST(a AS intt)', 10, 'intt', /no type intt/, /Did you mean int\?/],
    ['CAST(a)', 6, ')', /AS is missing/, /CAST\(value AS type\)/],
    ['a::varchar(20)', 10, '(', /Only decimal has a precision/, /left\(x, length\)/],
    ['a::decimal', 3, 'decimal', /precision and a scale.*is float/, /decimal\(18,2\)/],
    ['a::decimal(40,2)', 3, 'decimal', /precision from 1 to 38/, /decimal\(18,2\)/],
    ['a::double precision', 10, 'precision', /one word/, /float/],
    ["DATE '2024-02-30'", 5, "'2024-02-30'", /not a valid date/, /2024-01-31/],
    ["TIMESTAMP 'noon'", 10, "'noon'", /not a valid timestamp/, /TIMESTAMP/],
    ["INTERVAL '3 moons'", 9, "'3 moons'", /not a valid interval/, /3 days/],
    ['lpad(a)', 0, 'lpad(a)', /takes 2 to 3 arguments, not 1/, /lpad\(text, length\[, filling\]\)/],
    ['upper(a, b)', 0, 'upper(a, b)', /takes 1 argument, not 2/, /upper\(text\)/],
    ['coalesce()', 0, 'coalesce()', /takes at least 1 argument, not 0/, /coalesce\(value, …\)/],
    ["date_trunc('mnth', a)", 11, "'mnth'", /not a unit/, /Did you mean 'month'/],
    ["date_trunc('months', a)", 11, "'months'", /not a unit/, /Did you mean 'month'/],
    ['date_trunc(unit, a)', 11, 'unit', /must be known/, /year, quarter/],
    ["strftime(a, '%d.%Q')", 16, '%Q', /not a part of a date/, /%Y/],
    ["regexp_matches(a, 'x(y')", 20, '(', /not closed/, /\\\(/],
    ["regexp_matches(a, 'it''s(?=b)')", 24, '(?=', /Lookahead/, /regexp_extract/],
    ["regexp_matches(a, '(a)\\1')", 22, '\\1', /Backreferences/, /Compare/],
    ["regexp_matches(a, 'a', 'x')", 23, "'x'", /option/, /options are i/],
    ["a LIKE 'x!' ESCAPE '!'", 7, "'x!'", /must be followed/, /!!/],
    ["a LIKE b ESCAPE '!'", 7, 'b', /must be known/, /contains/],
    ["a LIKE 'x' ESCAPE 'ab'", 18, "'ab'", /one character/, /ESCAPE '!'/],
    ['sum(a)', 0, 'sum', /several rows/, /a \+ b/],
    ['max(a)', 0, 'max', /several rows/, /greatest/],
    ['row_number()', 0, 'row_number', /several rows/, /window/],
    ['a IS TRUE', 5, 'TRUE', /not supported/, /condition itself/],
    ['a IS 5', 5, '5', /not allowed here/, /NOT NULL/],
    ['a AS b', 2, 'AS', /alias/, /Remove AS/],
    ['a -- c', 2, '--', /comment/, /YAML/],
    ['a /* c */', 2, '/*', /comment/, /YAML/],
    ['a; b', 1, ';', /one value/, /Remove/],
    ['"upper"(a)', 0, '"upper"', /not quoted/, /upper/],
    ["x'41'", 0, "x'41'", /no x prefix/, /plain text/],
    ['*', 0, '*', /cannot select columns/, /count\(\*\)/],
    ['in', 0, 'in', /not allowed here/, /"in"/],
    ['a = NOT b', 4, 'NOT', /not allowed here/, /brackets/],
    ['a COLLATE de', 2, 'COLLATE', /no COLLATE/, /lower/],
  ])('%s', (text, at, on, what, hint) => {
    const [first, ...others] = problemsOf(text)
    expect(others).toEqual([])
    expect(first).toMatchObject({ at, on })
    expect(first?.what).toMatch(what)
    expect(first?.hint).toMatch(hint)
    // one sentence each, or a question and its answer
    expect(first?.what).toMatch(/\.$/)
    expect(first?.hint).toMatch(/\.$|\?$/)
  })

  it('finds several in one go, in the order of their places', () => {
    expect(problemsOf('uper(a) = NULL AND lenght(b) > CAST(c AS intt)').map(({ on }) => on)).toEqual(['uper', '=', 'lenght', 'intt'])
  })

  it.each<[text: string, options: ParseOptions, what: RegExp]>([
    ['sum(max(a))', { aggregates: true }, /max is not allowed inside sum/],
    ['sum(a) FILTER (WHERE max(a) > 1)', { aggregates: true }, /not allowed inside the FILTER of sum/],
    ['lag(a)', { aggregates: true }, /needs a window/],
    ['sum(*)', { aggregates: true }, /sum\(\*\) is not allowed/],
    ['count()', { aggregates: true }, /needs an argument/],
    ['sum(DISTINCT a)', { aggregates: true }, /DISTINCT is only for count/],
    ['upper(DISTINCT a)', { aggregates: true }, /DISTINCT is not allowed here/],
    ['upper(a) FILTER (WHERE b)', { aggregates: true }, /not support FILTER/],
    ['sum(a) FILTER (b)', { aggregates: true }, /WHERE is missing/],
    ['rank() FILTER (WHERE b)', { windows: true }, /not support FILTER/],
    ['first(a) FILTER (WHERE b)', { windows: true }, /not support FILTER over a window/],
    ['sum(a) OVER (ORDER BY b)', { windows: true }, /window is not part/],
    ['quantile(a, 2)', { aggregates: true }, /not a number from 0 to 1/],
    ['quantile(a, b)', { aggregates: true }, /must be known/],
    ['lag(a, 1.5)', { windows: true }, /not a valid number of rows/],
  ])('%s with %o', (text, options, what) => {
    const found = problemsOf(text, options)
    expect(found).toHaveLength(1)
    expect(found[0]?.what).toMatch(what)
  })
})

describe('limits', () => {
  const nested = (levels: number) => `${'('.repeat(levels)}a${')'.repeat(levels)}`

  it('takes 200 levels of brackets, and refuses one more with its place', () => {
    expect(parse(nested(200)).ok).toBe(true)
    expect(problemsOf(nested(201))[0]).toMatchObject({ at: 200, on: '(', what: expect.stringContaining('200 levels') })
  })

  it.each([
    ['signs', (n: number) => `${'- '.repeat(n)}a`, 199],
    ['NOT', (n: number) => `${'NOT '.repeat(n)}a`, 199],
    ['a sum', (n: number) => `a${' + a'.repeat(n)}`, 199],
    ['a product', (n: number) => `a${' * a'.repeat(n)}`, 99],
    ['casts', (n: number) => `a${'::text'.repeat(n)}`, 199],
    ['calls', (n: number) => `${'upper('.repeat(n)}a${')'.repeat(n)}`, 66],
    ['CASE', (n: number) => `${'CASE WHEN a THEN '.repeat(n)}a${' END'.repeat(n)}`, 199],
  ])('counts the levels of %s', (_name, build, most) => {
    expect(parse(build(most)).ok).toBe(true)
    expect(problemsOf(build(most + 1))[0]?.what).toMatch(/200 levels/)
  })

  it.each(['(', '-', 'NOT ', 'a(', 'CASE ', 'a IN (', 'CAST(', 'a+', 'CASE WHEN '])(
    'ends 19,998 characters of %s with a problem, not with a stack overflow',
    (piece) => {
      expect(problemsOf(piece.repeat(Math.floor(19_998 / piece.length)))).not.toHaveLength(0)
    },
  )

  it('lets chains of AND, OR and || be long', () => {
    for (const operator of ['AND', 'OR', '||']) expect(parse(Array.from({ length: 2000 }, () => 'a').join(` ${operator} `)).ok).toBe(true)
  })

  it('refuses more than 20,000 characters at once', () => {
    expect(parse('a'.repeat(MAX_LENGTH)).ok).toBe(true)
    const long = 'a + '.repeat(250_000)
    expect(problemsOf(long)[0]).toMatchObject({ at: MAX_LENGTH, what: expect.stringContaining('at most 20000') })
  })
})
