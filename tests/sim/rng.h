/* SPDX-License-Identifier: MIT
 *
 * Random numbers that a seed repeats on any machine: splitmix64. Each part of
 * the simulator draws from a stream of its own, so that a change in one (a
 * clock, a capture that loses packets) leaves the others alone.
 */
#ifndef NW_SIM_RNG_H
#define NW_SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct sim_rng {
	uint64_t state;
};

static inline uint64_t sim_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* A number that depends on these three and on nothing else. */
static inline uint64_t sim_hash(uint64_t seed, uint64_t a, uint64_t b)
{
	return sim_mix(sim_mix(sim_mix(seed) ^ a) ^ b);
}

static inline struct sim_rng sim_rng_of(uint64_t seed, uint64_t purpose)
{
	return (struct sim_rng){sim_hash(seed, purpose, 0x73696d)};
}

static inline uint64_t sim_rng_u64(struct sim_rng *rng)
{
	uint64_t out = sim_mix(rng->state);

	rng->state += 0x9e3779b97f4a7c15u;
	return out;
}

static inline uint32_t sim_rng_u32(struct sim_rng *rng)
{
	return (uint32_t)(sim_rng_u64(rng) >> 32);
}

/* From [0, limit); 0 when limit is 0. */
static inline uint32_t sim_rng_below(struct sim_rng *rng, uint32_t limit)
{
	return (uint32_t)((uint64_t)sim_rng_u32(rng) * limit >> 32);
}

/* From [low, high], both included. */
static inline int64_t sim_rng_between(struct sim_rng *rng, int64_t low,
				      int64_t high)
{
	uint64_t span = (uint64_t)(high - low) + 1;

	return low + (int64_t)(sim_rng_u64(rng) % span);
}

static inline bool sim_rng_chance(struct sim_rng *rng, double p)
{
	return p > 0 && (double)(sim_rng_u64(rng) >> 11) * 0x1p-53 < p;
}

#endif
