#ifndef MESSAGE_H
#define MESSAGE_H

#define QUEUE_KEY 5679

#define TYPE_DATA 1
#define TYPE_END  2

#define TEXT_SIZE 2048

struct message {
    long mtype;
    char mtext[TEXT_SIZE];
};

#endif
