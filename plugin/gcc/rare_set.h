/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rare_set.h: sets that most functions leave empty. */
#ifndef GOE_RARE_SET_H
#define GOE_RARE_SET_H

/* A set that costs nothing as long as it is empty. */
template <typename T> class rare_set
{
  public:
    ~rare_set() { delete set; }
    /* True if T was there. */
    bool add(T t)
    {
        if (!set)
            set = new hash_set<T>;
        return set->add(t);
    }
    void remove(T t)
    {
        if (set)
            set->remove(t);
    }
    bool contains(T t) const { return set && set->contains(t); }
    bool is_empty() const { return !set || set->is_empty(); }
    template <typename F> void for_each(F f) const
    {
        if (set)
            for (T t : *set)
                f(t);
    }

  private:
    hash_set<T> *set = NULL;
};

#endif
