/** Commands on a run on AWS, as a person would type them. */

/** `siftstep show r-… --on aws`; what finishes a run there is called redrive. */
export function commandOnAws(run: string, environment: string | undefined) {
  const more = environment === undefined ? '' : ` --env ${environment}`
  return (name: string) => `siftstep ${name === 'resume' ? 'redrive' : name} ${run} --on aws${more}`
}
