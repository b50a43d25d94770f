#define MQ_NAME   "/ipc-lab"
#define MQ_SIZE   2048
#define PRIO_DATA 1
#define PRIO_STOP 31   /* control messages are urgent */
