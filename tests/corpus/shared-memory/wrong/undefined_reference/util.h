#ifndef UTIL_H
#define UTIL_H

int  sem_create(int key);
int  sem_find(int key);
void sem_up(int id, int which);
void sem_down(int id, int which);
void sem_destroy_all(int id);

#endif
