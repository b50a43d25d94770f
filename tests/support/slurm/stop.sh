#!/bin/sh
# Ends what start.sh DIR started: jobs first, since nodes that are gone can't end theirs.
dir=$1
SLURM_CONF=$dir/slurm.conf
export SLURM_CONF
scancel -u "$(id -un)" 2>/dev/null
sleep 0.5
for file in "$dir"/slurmd-*.pid "$dir"/slurmctld.pid; do
  [ -e "$file" ] && kill "$(cat "$file")" 2>/dev/null
done
exit 0
